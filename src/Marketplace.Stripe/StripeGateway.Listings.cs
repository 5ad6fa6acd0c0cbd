using System.Runtime.CompilerServices;
using Marketplace.Contracts;
using NodaTime;
using Stripe;

namespace Marketplace.Stripe;

/// <content>What Stripe holds for an interval, for reconciliation.</content>
public sealed partial class StripeGateway
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<ExternalInvoiceLine> ListInvoiceLinesAsync(
        Interval created, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var list = new InvoiceListOptions { Created = Range(created), Limit = 100 };
        await foreach (var invoice in client.V1.Invoices.ListAutoPagingAsync(list, cancellationToken: cancellationToken))
        {
            if (invoice.Status == "void") continue;
            var lines = invoice.Lines.HasMore
                ? client.V1.Invoices.LineItems.ListAutoPagingAsync(
                    invoice.Id, new InvoiceLineItemListOptions { Limit = 100 }, cancellationToken: cancellationToken)
                : invoice.Lines.Data.ToAsyncEnumerable();
            await foreach (var line in lines)
            {
                yield return new ExternalInvoiceLine(
                    invoice.Id,
                    line.Id,
                    ToId<InvoiceKind>(invoice.Metadata, MetadataNames.Invoice),
                    ToId<UsageKind>(line.Metadata, MetadataNames.Usage),
                    AsListed(line.Amount, line.Currency),
                    invoice.Status == "paid",
                    Instant.FromDateTimeUtc(invoice.Created));
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ExternalPayment> ListPaymentsAsync(
        Interval created, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var list = new ChargeListOptions { Created = Range(created), Limit = 100, Expand = ["data.balance_transaction"] };
        await foreach (var charge in client.V1.Charges.ListAutoPagingAsync(list, cancellationToken: cancellationToken))
        {
            if (charge.Status != "succeeded") continue;
            // Stripe copies the metadata of a payment intent to its charge.
            var topUp = ToId<TopUpKind>(charge.Metadata, MetadataNames.TopUp);
            yield return new ExternalPayment(
                charge.Id,
                topUp is null ? await InvoiceOf(charge, cancellationToken) : null,
                AsListed(charge.Amount, charge.Currency),
                AsListed(charge.BalanceTransaction.Amount, charge.BalanceTransaction.Currency),
                AsListed(charge.BalanceTransaction.Fee, charge.BalanceTransaction.Currency),
                Instant.FromDateTimeUtc(charge.Created),
                topUp);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ExternalTransfer> ListTransfersAsync(
        Interval created, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var list = new TransferListOptions { Created = Range(created), Limit = 100 };
        await foreach (var transfer in client.V1.Transfers.ListAutoPagingAsync(list, cancellationToken: cancellationToken))
        {
            yield return new ExternalTransfer(
                transfer.Id,
                ToId<PayoutKind>(transfer.Metadata, MetadataNames.Payout),
                AsListed(transfer.Amount, transfer.Currency),
                Instant.FromDateTimeUtc(transfer.Created));
        }
    }

    /// <summary>A charge does not name its invoice; the invoice's payments name the charge's intent.</summary>
    private async Task<InvoiceId?> InvoiceOf(Charge charge, CancellationToken cancellationToken)
    {
        if (charge.PaymentIntentId is null) return null;
        var payments = await client.V1.InvoicePayments.ListAsync(
            new InvoicePaymentListOptions
            {
                Payment = new InvoicePaymentPaymentOptions { Type = "payment_intent", PaymentIntent = charge.PaymentIntentId },
                Expand = ["data.invoice"],
            },
            cancellationToken: cancellationToken);
        return ToId<InvoiceKind>(payments.Data.FirstOrDefault()?.Invoice?.Metadata, MetadataNames.Invoice);
    }

    private static DateRangeOptions Range(Interval created) => new()
    {
        GreaterThanOrEqual = created.Start.ToDateTimeUtc(),
        LessThan = created.HasEnd ? created.End.ToDateTimeUtc() : null,
    };
}
