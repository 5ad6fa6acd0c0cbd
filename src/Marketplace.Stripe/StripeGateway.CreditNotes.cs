using System.Globalization;
using Marketplace.Billing.Payments;
using Marketplace.Runtime.Time;
using NodaTime;
using Stripe;
using Stripe.Billing;

namespace Marketplace.Stripe;

/// <content>Credit notes on invoices that are not paid, and the mirror of usage in Stripe's meters.</content>
public sealed partial class StripeGateway
{
    /// <inheritdoc/>
    public async Task<string?> IssueCreditNoteAsync(CreditNoteOrder order, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        // A note over all that is owed makes the invoice paid, so the note is looked for before the invoice's status is believed.
        if (await Read(() => FindCreditNote(order, cancellationToken), cancellationToken) is { } made) return made.Id;
        var invoice = await Read(() => Fetch(order.ExternalInvoiceId, cancellationToken), cancellationToken);
        if (invoice.Status == "paid") return null;
        var lines = await Read(() => LinesByUsage(order.ExternalInvoiceId, cancellationToken), cancellationToken);
        var create = new CreditNoteCreateOptions
        {
            Invoice = order.ExternalInvoiceId,
            Memo = order.Reason,
            Lines =
            [
                .. order.Lines.Select(line => new CreditNoteLineOptions
                {
                    Type = "invoice_line_item",
                    InvoiceLineItem = lines.TryGetValue(line.UsageId.ToString(), out var id)
                        ? id
                        : throw new InvariantException($"{order.InvoiceId} has no line of {line.UsageId} at Stripe."),
                    Amount = line.Amount.MinorUnits,
                }),
            ],
            Metadata = new() { [MetadataNames.CreditNote] = order.CreditNoteId.ToString(), [MetadataNames.Invoice] = order.InvoiceId.ToString() },
        };
        var note = await Write(
            $"credit-note:{order.CreditNoteId}",
            firstTriedAt,
            () => FindCreditNote(order, cancellationToken),
            request => client.V1.CreditNotes.CreateAsync(create, request, cancellationToken),
            cancellationToken);
        return note.Id;
    }

    /// <inheritdoc/>
    public async Task ReportMeterEventAsync(Marketplace.Billing.Payments.MeterEvent meterEvent, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var create = new MeterEventCreateOptions
        {
            EventName = options.MeterEventName,
            Identifier = meterEvent.UsageId.ToString(),
            Timestamp = meterEvent.At.ToDateTimeUtc(),
            Payload = new()
            {
                ["stripe_customer_id"] = meterEvent.ExternalCustomerId,
                ["value"] = meterEvent.Used.GpuSeconds.ToString(CultureInfo.InvariantCulture),
            },
        };

        // Meter events cannot be listed; past a day the identifier no longer guards, so a late repetition is left out of the mirror.
        if (time.Now() - firstTriedAt >= KeyLifetime) return;
        try
        {
            await Write(
                $"meter-event:{meterEvent.UsageId}",
                firstTriedAt,
                () => Task.FromResult<global::Stripe.Billing.MeterEvent?>(null),
                request => client.V1.Billing.MeterEvents.CreateAsync(create, request, cancellationToken),
                cancellationToken);
        }
        catch (PaymentServiceException fault) when (IsReportedBefore(fault.InnerException))
        {
            // The first try counted although its answer was lost.
        }
    }

    private static bool IsReportedBefore(Exception? fault) =>
        fault is StripeException { StripeError.Param: "identifier" } refusal && refusal.Message.Contains("already exists", StringComparison.Ordinal);

    private async Task<CreditNote?> FindCreditNote(CreditNoteOrder order, CancellationToken cancellationToken)
    {
        var list = new CreditNoteListOptions { Invoice = order.ExternalInvoiceId, Limit = 100 };
        await foreach (var note in client.V1.CreditNotes.ListAutoPagingAsync(list, cancellationToken: cancellationToken))
        {
            if (ToId<CreditNoteKind>(note.Metadata, MetadataNames.CreditNote) == order.CreditNoteId) return note;
        }

        return null;
    }

    private async Task<Dictionary<string, string>> LinesByUsage(string externalInvoiceId, CancellationToken cancellationToken)
    {
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        var list = new InvoiceLineItemListOptions { Limit = 100 };
        await foreach (var line in client.V1.Invoices.LineItems.ListAutoPagingAsync(externalInvoiceId, list, cancellationToken: cancellationToken))
        {
            if (line.Metadata?.GetValueOrDefault(MetadataNames.Usage) is { } usage) lines[usage] = line.Id;
        }

        return lines;
    }
}
