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
        var index = BillingIndex.Partition(BillingIndex.Payouts);
        await foreach (var entry in store.ReadRangeAsync(index, RowRange.StartingWith(BillingRows.PayoutPrefix), cancellationToken))
        {
            var owner = MarketplaceJson.Deserialize<IndexRow>(entry.Body).Organisation;
            var row = await store.ReadAsync(BillingRows.Of(owner), entry.RowKey, cancellationToken)
                ?? throw new InvariantException($"The indexed payout {entry.RowKey} is gone.");
            var payout = MarketplaceJson.Deserialize<Payout>(row.Body);
            if (payout.CreatedAt >= period.End) continue;
            // Newest first: all that follow are older. The day is for ids that were drawn a little before the payout was decided.
            if (payout.CreatedAt < period.Start - NodaTime.Duration.FromDays(1)) yield break;
            if (payout.CreatedAt >= period.Start) yield return ToRecord(payout);
        }
    }

    private static BookedPayout ToRecord(Payout payout) => new(
        payout.PayoutId,
        payout.Provider,
        payout.Amount,
        payout.Offset,
        payout.Shares.Aggregate(Money.Zero(payout.Amount.Currency), (sum, share) => sum + share.Amount),
        [.. payout.Reversals.Select(r => new BookedReversal(r.Reference, r.Amount, r.State == ReversalState.Made))],
        payout.CreatedAt,
        payout.ExternalId);
}
