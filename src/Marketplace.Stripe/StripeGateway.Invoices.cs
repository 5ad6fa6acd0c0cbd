using System.Net;
using Marketplace.Billing.Payments;
using NodaTime;
using Stripe;

namespace Marketplace.Stripe;

/// <content>Invoices: draft, lines, final, paid.</content>
public sealed partial class StripeGateway
{
    /// <summary>An invoice with the charge that paid it. Four levels are the most that Stripe expands.</summary>
    private static readonly List<string> WithPayments = ["payments.data.payment.payment_intent"];

    /// <inheritdoc/>
    public async Task<string> CreateInvoiceAsync(InvoiceDraft draft, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var create = new InvoiceCreateOptions
        {
            Customer = draft.ExternalCustomerId,
            Currency = ToCode(draft.Currency),
            CollectionMethod = "charge_automatically",
            AutoAdvance = false,
            PendingInvoiceItemsBehavior = "exclude",
            Description = $"GPU-hours, {draft.Period}",
            Metadata = new()
            {
                [MetadataNames.Invoice] = draft.InvoiceId.ToString(),
                [MetadataNames.Buyer] = draft.Buyer.ToString(),
                [MetadataNames.Period] = draft.Period.ToString(),
            },
        };
        var invoice = await Write(
            $"invoice:{draft.InvoiceId}",
            firstTriedAt,
            () => FindByMetadata(draft.ExternalCustomerId, draft.InvoiceId, cancellationToken),
            request => client.V1.Invoices.CreateAsync(create, request, cancellationToken),
            cancellationToken);
        return invoice.Id;
    }

    /// <inheritdoc/>
    public Task AddLineAsync(
        InvoiceDraft draft, string externalInvoiceId, InvoiceLine line, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var create = new InvoiceItemCreateOptions
        {
            Customer = draft.ExternalCustomerId,
            Invoice = externalInvoiceId,
            Amount = line.Amount.MinorUnits,
            Currency = ToCode(line.Amount.Currency),
            Description = line.Description,
            Period = new InvoiceItemPeriodOptions { Start = line.From.ToDateTimeUtc(), End = line.To.ToDateTimeUtc() },
            Metadata = new()
            {
                [MetadataNames.Usage] = line.UsageId.ToString(),
                [MetadataNames.Lease] = line.LeaseId.ToString(),
            },
        };
        return Write(
            $"item:{line.UsageId}",
            firstTriedAt,
            () => FindItem(externalInvoiceId, line.UsageId, cancellationToken),
            request => client.V1.InvoiceItems.CreateAsync(create, request, cancellationToken),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Money> FinalizeInvoiceAsync(
        InvoiceId invoiceId, string externalInvoiceId, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var invoice = await Write(
            $"finalize:{invoiceId}",
            firstTriedAt,
            async () => await Fetch(externalInvoiceId, cancellationToken) is { Status: not "draft" } final ? final : null,
            request => client.V1.Invoices.FinalizeInvoiceAsync(
                externalInvoiceId, new InvoiceFinalizeOptions { AutoAdvance = false }, request, cancellationToken),
            cancellationToken);
        return ToMoney(invoice.Total, invoice.Currency);
    }

    /// <inheritdoc/>
    public async Task<CollectionOutcome> PayInvoiceAsync(
        InvoiceId invoiceId, string externalInvoiceId, int paymentAttempt, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        try
        {
            await Write(
                $"pay:{invoiceId}:{paymentAttempt}",
                firstTriedAt,
                async () => await Fetch(externalInvoiceId, cancellationToken) is { Status: "paid" } paid ? paid : null,
                request => client.V1.Invoices.PayAsync(externalInvoiceId, new InvoicePayOptions(), request, cancellationToken),
                cancellationToken);
            return CollectionOutcome.Paid;
        }
        catch (StripeException declined) when (declined.HttpStatusCode == HttpStatusCode.PaymentRequired)
        {
            return CollectionOutcome.Declined;
        }
        catch (PaymentServiceException) when (!cancellationToken.IsCancellationRequested)
        {
            // Someone may have paid it another way, such as on Stripe's own page; then paying it again is refused.
            var invoice = await GetInvoiceAsync(externalInvoiceId, cancellationToken);
            if (invoice.State == ExternalInvoiceState.Paid) return CollectionOutcome.Paid;
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<ExternalInvoice> GetInvoiceAsync(string externalInvoiceId, CancellationToken cancellationToken) =>
        ToExternal(await Read(() => Fetch(externalInvoiceId, cancellationToken), cancellationToken));

    /// <inheritdoc/>
    public async Task<ExternalInvoice?> FindInvoiceAsync(
        string externalCustomerId, InvoiceId invoiceId, CancellationToken cancellationToken)
    {
        var found = await Read(() => FindByMetadata(externalCustomerId, invoiceId, cancellationToken), cancellationToken);
        return found is null ? null : await GetInvoiceAsync(found.Id, cancellationToken);
    }

    private Task<Invoice> Fetch(string externalInvoiceId, CancellationToken cancellationToken) =>
        client.V1.Invoices.GetAsync(externalInvoiceId, new InvoiceGetOptions { Expand = WithPayments }, cancellationToken: cancellationToken);

    /// <summary>A list is up to date at once; Stripe's search may lag a minute behind.</summary>
    private async Task<Invoice?> FindByMetadata(string externalCustomerId, InvoiceId invoiceId, CancellationToken cancellationToken)
    {
        var list = new InvoiceListOptions { Customer = externalCustomerId, Limit = 100 };
        await foreach (var invoice in client.V1.Invoices.ListAutoPagingAsync(list, cancellationToken: cancellationToken))
        {
            if (ToId<InvoiceKind>(invoice.Metadata, MetadataNames.Invoice) == invoiceId) return invoice;
        }

        return null;
    }

    private async Task<InvoiceItem?> FindItem(string externalInvoiceId, UsageId usageId, CancellationToken cancellationToken)
    {
        var list = new InvoiceItemListOptions { Invoice = externalInvoiceId, Limit = 100 };
        await foreach (var item in client.V1.InvoiceItems.ListAutoPagingAsync(list, cancellationToken: cancellationToken))
        {
            if (ToId<UsageKind>(item.Metadata, MetadataNames.Usage) == usageId) return item;
        }

        return null;
    }

    private static ExternalInvoice ToExternal(Invoice invoice)
    {
        var state = invoice.Status switch
        {
            "draft" => ExternalInvoiceState.Draft,
            "open" => ExternalInvoiceState.Open,
            "paid" => ExternalInvoiceState.Paid,
            _ => ExternalInvoiceState.Closed,
        };
        var paid = (invoice.Payments?.Data ?? []).Where(payment => payment.Status == "paid").ToList();
        return new ExternalInvoice(
            invoice.Id,
            state,
            ToMoney(invoice.Total, invoice.Currency),
            ToMoney(invoice.AmountPaid, invoice.Currency),
            ToMoney(paid.Where(payment => payment.Payment.Type == PaymentRecordType).Sum(payment => payment.AmountPaid ?? 0), invoice.Currency),
            paid.FirstOrDefault(payment => payment.Payment.Type == "payment_intent")?.Payment.PaymentIntent?.LatestChargeId);
    }
}
