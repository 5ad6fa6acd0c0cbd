using System.Runtime.CompilerServices;
using Marketplace.Billing.Credit;
using Marketplace.Billing.Disputes;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.Billing.Records;

/// <summary>Reads holds, held shares and write-offs of our own store.</summary>
public sealed class ReserveRecords(IPartitionStore store) : IReserveRecords
{
    /// <inheritdoc/>
    public IAsyncEnumerable<BookedHold> ListHoldsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        ReadAsync<TradeHold>(period, BillingRows.TradeHoldPrefix, cancellationToken)
            .Select(hold => new BookedHold(hold.HoldId, hold.LeaseId, hold.TradeId, hold.Buyer, hold.Amount, hold.PlacedAt, hold.IsReleased));

    /// <inheritdoc/>
    public IAsyncEnumerable<BookedDispute> ListDisputesAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        ReadAsync<HeldForDispute>(period, BillingRows.HeldForDisputePrefix, cancellationToken)
            .Select(held => new BookedDispute(held.DisputeId, held.UsageId, held.Provider, held.Amount, held.HeldAt, held.ReleasedAt));

    /// <inheritdoc/>
    public IAsyncEnumerable<BookedWriteOff> ListWriteOffsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        ReadAsync<Invoice>(period, BillingRows.InvoicePrefix, cancellationToken).Select(ToRecord);

    private static BookedWriteOff ToRecord(Invoice invoice)
    {
        var given = invoice.WriteOff!;
        var owed = given.Entry.Postings.Single(posting => posting.Account.Kind == AccountKind.BuyerReceivable).Amount;
        return new BookedWriteOff(invoice.InvoiceId, invoice.Buyer, -owed, given.Entry.EntryId, given.At, invoice.State == InvoiceState.Paid ? invoice.PaidAt : null);
    }

    private async IAsyncEnumerable<T> ReadAsync<T>(BillingPeriod period, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in store.ReadRangeAsync(BillingIndex.Partition(BillingIndex.Reserves(period)), RowRange.StartingWith(prefix), cancellationToken))
        {
            var owner = MarketplaceJson.Deserialize<IndexRow>(entry.Body).Organisation;
            var row = await store.ReadAsync(BillingRows.Of(owner), entry.RowKey, cancellationToken)
                ?? throw new InvariantException($"The indexed row {entry.RowKey} is gone.");
            yield return MarketplaceJson.Deserialize<T>(row.Body);
        }
    }
}
