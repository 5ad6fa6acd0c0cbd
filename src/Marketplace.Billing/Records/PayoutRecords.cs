using System.Runtime.CompilerServices;
using Marketplace.Billing.PayProviders;
using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.Billing.Records;

/// <summary>Reads payouts of our own store.</summary>
public sealed class PayoutRecords(IPartitionStore store) : IPayoutRecords
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<BookedPayout> ListAsync(BillingPeriod period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var payout in ReadAsync(BillingIndex.Payouts, cancellationToken))
        {
            if (payout.CreatedAt >= period.End) continue;
            // Newest first: all that follow are older. The day is for ids that were drawn a little before the payout was decided.
            if (payout.CreatedAt < period.Start - NodaTime.Duration.FromDays(1)) yield break;
            if (payout.CreatedAt >= period.Start) yield return ToRecord(payout);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<BookedPayout> ListReversedAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        ReadAsync(BillingIndex.Reversals(period), cancellationToken).Select(ToRecord);

    private async IAsyncEnumerable<Payout> ReadAsync(string index, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in store.ReadRangeAsync(BillingIndex.Partition(index), RowRange.StartingWith(BillingRows.PayoutPrefix), cancellationToken))
        {
            var owner = MarketplaceJson.Deserialize<IndexRow>(entry.Body).Organisation;
            var row = await store.ReadAsync(BillingRows.Of(owner), entry.RowKey, cancellationToken)
                ?? throw new InvariantException($"The indexed payout {entry.RowKey} is gone.");
            yield return MarketplaceJson.Deserialize<Payout>(row.Body);
        }
    }

    private static BookedPayout ToRecord(Payout payout) => new(
        payout.PayoutId,
        payout.Provider,
        payout.Amount,
        payout.Offset,
        payout.Shares.Aggregate(Money.Zero(payout.Amount.Currency), (sum, share) => sum + share.Amount),
        [.. payout.Reversals.Select(r => new BookedReversal(r.Reference, r.Amount, r.State == ReversalState.Made, r.MadeAt))],
        payout.CreatedAt,
        payout.ExternalId);
}
