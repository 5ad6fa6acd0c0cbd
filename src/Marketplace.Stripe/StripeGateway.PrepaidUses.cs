using Marketplace.Billing.Payments;
using NodaTime;
using Stripe;

namespace Marketplace.Stripe;

/// <content>
/// What was paid in advance pays an invoice: a payment record, which is Stripe's word for money that came another way, attached to the
/// invoice. So the invoice keeps its total and shows what was paid in advance and what was collected. Stripe's customer balance would be
/// taken by whichever invoice is final first, marking an invoice paid out of band goes for the whole of it only, and a negative line or a
/// credit note would say that less was sold.
/// </content>
public sealed partial class StripeGateway
{
    private const string PaymentRecordType = "payment_record";

    /// <inheritdoc/>
    public async Task<string?> RecordPrepaidUseAsync(PrepaidUseOrder order, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var report = new PaymentRecordReportPaymentOptions
        {
            AmountRequested = new PaymentRecordAmountRequestedOptions { Value = order.Amount.MinorUnits, Currency = ToCode(order.Amount.Currency) },
            CustomerDetails = new PaymentRecordCustomerDetailsOptions { Customer = order.ExternalCustomerId },
            Description = "Paid in advance",
            InitiatedAt = order.UsedAt.ToDateTimeUtc(),
            Outcome = "guaranteed",
            Guaranteed = new PaymentRecordGuaranteedOptions { GuaranteedAt = order.UsedAt.ToDateTimeUtc() },
            PaymentMethodDetails = new PaymentRecordPaymentMethodDetailsOptions
            {
                Type = "custom",
                Custom = new PaymentRecordPaymentMethodDetailsCustomOptions { DisplayName = "Prepaid credit" },
            },
            Metadata = new() { [MetadataNames.Reference] = order.Reference, [MetadataNames.Invoice] = order.InvoiceId.ToString() },
        };
        var record = await Write(
            $"prepaid:{order.Reference}",
            firstTriedAt,
            () => FindRecord(order, cancellationToken),
            request => client.V1.PaymentRecords.ReportPaymentAsync(report, request, cancellationToken),
            cancellationToken);
        try
        {
            await Write(
                $"prepaid-attach:{order.Reference}",
                firstTriedAt,
                async () => await IsAttached(order, record.Id, cancellationToken) is { } attached ? attached : null,
                request => client.V1.Invoices.AttachPaymentAsync(
                    order.ExternalInvoiceId, new InvoiceAttachPaymentOptions { PaymentRecord = record.Id }, request, cancellationToken),
                cancellationToken);
            return record.Id;
        }
        catch (PaymentServiceException) when (!cancellationToken.IsCancellationRequested)
        {
            // Someone may have paid all of it there, such as on Stripe's own page; then nothing more can be attached.
            var invoice = await Read(() => Fetch(order.ExternalInvoiceId, cancellationToken), cancellationToken);
            if (Has(invoice, record.Id)) return record.Id;
            if (invoice.Status == "paid") return null;
            throw;
        }
    }

    private async Task<Invoice?> IsAttached(PrepaidUseOrder order, string record, CancellationToken cancellationToken) =>
        await Fetch(order.ExternalInvoiceId, cancellationToken) is var invoice && Has(invoice, record) ? invoice : null;

    private static bool Has(Invoice invoice, string record) => invoice.Payments?.Data.Any(payment => payment.Payment.PaymentRecordId == record) == true;

    /// <summary>Records are listed by when they were made: this one not before it was ordered.</summary>
    private async Task<PaymentRecord?> FindRecord(PrepaidUseOrder order, CancellationToken cancellationToken)
    {
        var list = new PaymentRecordListOptions { CreatedAfter = (order.UsedAt - Duration.FromHours(1)).ToDateTimeUtc(), Limit = 100 };
        await foreach (var record in client.V1.PaymentRecords.ListAutoPagingAsync(list, cancellationToken: cancellationToken))
        {
            if (record.Metadata?.GetValueOrDefault(MetadataNames.Reference) == order.Reference) return record;
        }

        return null;
    }
}
