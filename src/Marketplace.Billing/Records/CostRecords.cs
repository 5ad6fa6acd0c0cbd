using System.Runtime.CompilerServices;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.RateUsage;
using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.Billing.Records;

/// <summary>Reads charges by the hour and invoices of our own store.</summary>
public sealed class CostRecords(IPartitionStore store) : ICostRecords
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<CostRecord> ListAsync(BillingPeriod period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var charge in ReadAsync<Charge>(BillingIndex.Charges(period), "charge!", cancellationToken)) yield return ToRecord(charge);
    }

    /// <inheritdoc/>
    public async Task<CostRecord?> FindAsync(OrganisationId buyer, UsageId usage, CancellationToken cancellationToken)
    {
        var row = await store.ReadAsync(BillingRows.Of(buyer), BillingRows.Charge(usage), cancellationToken);
        return row is null ? null : ToRecord(MarketplaceJson.Deserialize<Charge>(row.Body));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<InvoiceRecord> ListInvoicesAsync(BillingPeriod period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var invoice in ReadAsync<Invoice>(BillingIndex.Invoices, BillingRows.InvoicePrefix, cancellationToken))
        {
            // Newest first, and no invoice is drafted before its month begins. The day is for ids drawn a little before the draft.
            if (invoice.CreatedAt < period.Start - NodaTime.Duration.FromDays(1)) yield break;
            if (invoice.Period != period) continue;
            yield return new InvoiceRecord(
                invoice.InvoiceId,
                invoice.Buyer,
                invoice.Period,
                invoice.Total,
                [.. invoice.Lines.Select(line => new InvoiceRecordLine(line.UsageId, line.LeaseId, line.Amount, line.Tax))],
                invoice.CreatedAt,
                invoice.FinalizedAt);
        }
    }

    private async IAsyncEnumerable<T> ReadAsync<T>(string index, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in store.ReadRangeAsync(BillingIndex.Partition(index), RowRange.StartingWith(prefix), cancellationToken))
        {
            var owner = MarketplaceJson.Deserialize<IndexRow>(entry.Body).Organisation;
            var row = await store.ReadAsync(BillingRows.Of(owner), entry.RowKey, cancellationToken)
                ?? throw new InvariantException($"The indexed row {entry.RowKey} is gone.");
            yield return MarketplaceJson.Deserialize<T>(row.Body);
        }
    }

    private static CostRecord ToRecord(Charge charge) => new(
        charge.UsageId,
        charge.LeaseId,
        charge.Buyer,
        charge.Provider,
        charge.Price,
        charge.Tax,
        [.. charge.Hours.Select(hour => new HourCost(hour.Hour, hour.Used, hour.Amount))],
        charge.From,
        charge.To,
        charge.Period,
        charge.IsCorrection,
        charge.InvoiceId);
}
