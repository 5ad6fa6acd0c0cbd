using System.Runtime.CompilerServices;
using Marketplace.Billing.Lists;
using Marketplace.Billing.Payments;
using Marketplace.Billing.RateUsage;
using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using NodaTime;

namespace Marketplace.Billing.Records;

/// <summary>Reads charges of our own store and the objects of the payment service.</summary>
public sealed class PaymentRecords(IPartitionStore store, IPaymentGateway gateway, BillingReads reads) : IPaymentRecords
{
    /// <summary>A charge counts in the period in which its usage was metered, or, if that was closed when it was rated, in the open one.</summary>
    public async IAsyncEnumerable<RatedCharge> ListChargesAsync(
        BillingPeriod period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var index = BillingIndex.Partition(BillingIndex.Charges(period));
        await foreach (var entry in store.ReadRangeAsync(index, RowRange.StartingWith("charge!"), cancellationToken))
        {
            var owner = MarketplaceJson.Deserialize<IndexRow>(entry.Body).Organisation;
            var row = await store.ReadAsync(BillingRows.Of(owner), entry.RowKey, cancellationToken)
                ?? throw new InvariantException($"The indexed charge {entry.RowKey} is gone.");
            yield return ToRecord(MarketplaceJson.Deserialize<Charge>(row.Body));
        }
    }

    /// <inheritdoc/>
    public async Task<BookedInvoice?> FindInvoiceAsync(InvoiceId invoice, CancellationToken cancellationToken) =>
        await reads.FindInvoiceAsync(null, invoice, cancellationToken) is { } own ? new BookedInvoice(own.InvoiceId, own.Collectable(), own.PaidAt) : null;

    /// <inheritdoc/>
    public IAsyncEnumerable<ExternalInvoiceLine> ListInvoiceLinesAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        gateway.ListInvoiceLinesAsync(new Interval(period.Start, null), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ExternalPayment> ListPaymentsAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        gateway.ListPaymentsAsync(new Interval(period.Start, period.End), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ExternalTransfer> ListTransfersAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        gateway.ListTransfersAsync(new Interval(period.Start, period.End), cancellationToken);

    private static RatedCharge ToRecord(Charge charge) => new(
        charge.UsageId,
        charge.LeaseId,
        charge.Buyer,
        charge.Provider,
        charge.Used,
        charge.Amount,
        charge.Fee,
        charge.Tax,
        charge.EntryId,
        charge.InvoiceId,
        charge.PayoutId,
        charge.RatedAt,
        charge.ChargePeriod,
        charge.IsCorrection);
}
