using Marketplace.Billing.CollectInvoice;
using Marketplace.Billing.Payments;
using Marketplace.Billing.Prepaid;
using Marketplace.Billing.Rows;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Billing.ReceiveWebhook;

/// <summary>A webhook as it came.</summary>
/// <param name="Event">What was read of it.</param>
/// <param name="Body">The raw body.</param>
/// <param name="ReceivedAt">When it came first.</param>
public sealed record ReceivedWebhook(PaymentEvent Event, string Body, Instant ReceivedAt);

/// <summary>
/// Takes a webhook: verifies it, keeps it, and only then is it answered. What it means is handled as a message of the same commit,
/// so a repeated webhook changes nothing.
/// </summary>
public sealed class ReceiveWebhookHandler(Workspace workspace, IPaymentWebhooks webhooks, TimeProvider time)
{
    /// <summary>Takes a webhook; accepted means that it is stored, now or before.</summary>
    /// <param name="body">The raw body.</param>
    /// <param name="signature">The signature header; null if there was none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Result<PaymentEvent, WebhookRefusal>> HandleAsync(string body, string? signature, CancellationToken cancellationToken)
    {
        var read = webhooks.Read(body, signature);
        if (!read.TryGet(out var reported, out var refusal)) return refusal;
        // The request is the event's id alone: a repetition may differ in what does not matter, such as its delivery count.
        await workspace.AttemptAsync<string, string, WebhookRefusal>(
            BillingRows.Webhooks,
            IdempotencyKey.Of(reported.ExternalId),
            reported.ExternalId,
            work =>
            {
                work.Put(BillingRows.Webhook(reported.ExternalId), new ReceivedWebhook(reported, body, time.Now()));
                if (reported is { Kind: PaymentEventKind.InvoicePaid or PaymentEventKind.InvoicePaymentFailed, Buyer: { } buyer, InvoiceId: { } invoice })
                    work.Send(new PaymentReported(buyer, invoice, reported.Kind));
                if (reported is { Kind: PaymentEventKind.TopUpChanged, Buyer: { } payer, TopUpId: { } topUp })
                    work.Send(new TopUpReported(payer, topUp));
                return Task.FromResult<Result<string, WebhookRefusal>>(reported.ExternalId);
            },
            cancellationToken);
        return reported;
    }
}
