using System.Runtime.CompilerServices;
using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.Billing.Records;

/// <summary>Reads credit notes and refunds of our own store.</summary>
public sealed class CreditRecords(IPartitionStore store) : ICreditRecords
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<BookedCredit> ListAsync(BillingPeriod period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var index = BillingIndex.Partition(BillingIndex.Credits(period));
        await foreach (var entry in store.ReadRangeAsync(index, new RowRange("!", "~"), cancellationToken))
        {
            var owner = MarketplaceJson.Deserialize<IndexRow>(entry.Body).Organisation;
            var row = await store.ReadAsync(BillingRows.Of(owner), entry.RowKey, cancellationToken)
                ?? throw new InvariantException($"The indexed row {entry.RowKey} is gone.");
            yield return entry.RowKey.StartsWith("refund!", StringComparison.Ordinal)
                ? ToRecord(MarketplaceJson.Deserialize<Refund>(row.Body))
                : ToRecord(MarketplaceJson.Deserialize<CreditNote>(row.Body));
        }
    }

    private static BookedCredit ToRecord(CreditNote note) => new(
        note.CreditNoteId.ToString(), false, note.InvoiceId, note.Buyer, [.. note.Lines.Select(ToLine)], note.EntryId, note.IssuedAt!.Value, note.ExternalId);

    private static BookedCredit ToRecord(Refund refund) => new(
        refund.RefundId.ToString(), true, refund.InvoiceId, refund.Buyer, [.. refund.Lines.Select(ToLine)], refund.EntryId, refund.CreatedAt, refund.ExternalId,
        refund.Restores.Count > 0 ? refund.ToPrepaid() : null);

    private static BookedCreditLine ToLine(CreditedLine line) =>
        new(line.UsageId, line.Provider, line.Parts.Share, line.Parts.Fee, line.Parts.Tax);
}
