using Marketplace.Billing.CreditShortfall;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Payments;
using Marketplace.Billing.Prepaid;
using Marketplace.Billing.Rows;
using Marketplace.Billing.Terms;
using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Billing.CollectInvoice;

/// <summary>
/// Collects open invoices and learns that they are paid: by webhook, or by asking when none comes. Whoever is first settles the
/// invoice; what the payment service says when asked counts, not what a webhook carried.
/// </summary>
public sealed class CollectInvoiceHandlers(Workspace workspace, IPaymentGateway gateway, BillingTerms terms, TimeProvider time, IIdSource ids)
    : IMessageHandler<PayInvoice>, IMessageHandler<PaymentReported>, IMessageHandler<CheckInvoice>
{
    /// <summary>How long after a payment, and after each check, the service is asked; after the last, an operator must look.</summary>
    public static IReadOnlyList<Duration> CheckAfter { get; } =
        [Duration.FromMinutes(5), Duration.FromHours(1), Duration.FromHours(6), Duration.FromDays(1), Duration.FromDays(3)];

    /// <inheritdoc/>
    public async Task HandleAsync(PayInvoice message, MessageContext context, CancellationToken cancellationToken)
    {
        var invoice = await workspace.LoadInvoiceAsync(message.Buyer, message.InvoiceId, cancellationToken);
        if (!invoice.IsUnpaid()) return;
        if (invoice.Declined?.Any(declined => declined.Attempt >= message.PaymentAttempt) == true) return;
        // Once the service knows of it, the rest is collected.
        if (invoice.HasUntoldUse()) return;
        if (!invoice.Collectable().IsZero && await HasFundsAsync(invoice, cancellationToken))
        {
            await workspace.ChangeInvoiceAsync(message.Buyer, message.InvoiceId, context, (work, now) => UsePrepaidAsync(work, now, message, cancellationToken), cancellationToken);
            return;
        }

        var outcome = await gateway.PayInvoiceAsync(
            invoice.InvoiceId, invoice.ExternalId!, message.PaymentAttempt, context.OccurredAt, cancellationToken);
        await workspace.ChangeInvoiceAsync(message.Buyer, message.InvoiceId, context, (work, now) =>
        {
            if (outcome == CollectionOutcome.Declined) Decline(work, now, message.PaymentAttempt);
            else Check(work, now, 1);
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task HandleAsync(PaymentReported message, MessageContext context, CancellationToken cancellationToken)
    {
        var invoice = await workspace.LoadInvoiceAsync(message.Buyer, message.InvoiceId, cancellationToken);
        if (invoice.State is InvoiceState.Paid or InvoiceState.Void) return;
        // A report can overtake our own commit that the invoice is final; then it is tried again.
        if (invoice.State == InvoiceState.Draft) throw new InvalidOperationException($"{invoice.InvoiceId} is not yet known to be final.");
        var external = await gateway.GetInvoiceAsync(invoice.ExternalId!, cancellationToken);
        await workspace.ChangeInvoiceAsync(message.Buyer, message.InvoiceId, context, (work, now) =>
        {
            if (external.State == ExternalInvoiceState.Paid) Settle(work, now, external);
            else if (message.Kind == PaymentEventKind.InvoicePaymentFailed) MarkPastDue(work, now);
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task HandleAsync(CheckInvoice message, MessageContext context, CancellationToken cancellationToken)
    {
        var invoice = await workspace.LoadInvoiceAsync(message.Buyer, message.InvoiceId, cancellationToken);
        if (invoice.State is InvoiceState.Paid or InvoiceState.Void) return;
        var external = await gateway.GetInvoiceAsync(invoice.ExternalId!, cancellationToken);
        await workspace.ChangeInvoiceAsync(message.Buyer, message.InvoiceId, context, (work, now) =>
        {
            if (external.State == ExternalInvoiceState.Paid) Settle(work, now, external);
            else if (!now.IsUnpaid()) return;
            else if (message.Check < CheckAfter.Count) Check(work, now, message.Check + 1);
            else throw new InvariantException($"{now.InvoiceId} was paid, says the payment service once, and is not, says it now.");
        }, cancellationToken);
    }

    private void Settle(PartitionWork work, Invoice invoice, ExternalInvoice external)
    {
        if (invoice.State is InvoiceState.Paid or InvoiceState.Void) return;
        // Credit notes over all of it make it paid at the service; the last of them says here that it is void.
        if (invoice.Due().IsZero && external.Paid.IsZero) return;
        var paid = Settlement.Settle(invoice, external, time.Now());
        // What was given up is owed again, and then paid.
        if (invoice.State == InvoiceState.Uncollectible) work.Send(Dunning.Recover(invoice.WriteOff!, ids.Next<EntryKind>(), paid.PaidAt!.Value));
        work.Put(BillingRows.Invoice(paid.InvoiceId), paid with { OwesShortfall = false });
        if (paid.OwesShortfall) work.Send(new CreditShortfallsOfInvoice(paid.Buyer, paid.InvoiceId));
        if (Settlement.Entry(paid, ids.Next<EntryKind>()) is { } entry) work.Send(entry);
        foreach (var message in Settlement.ToProviders(paid)) work.Send(message);
    }

    private async Task<bool> HasFundsAsync(Invoice invoice, CancellationToken cancellationToken) =>
        await workspace.Store.ReadAsync(BillingRows.Of(invoice.Buyer), BillingRows.Prepaid(invoice.Currency), cancellationToken) is { } row
        && MarketplaceJson.Deserialize<PrepaidFunds>(row.Body).Parts.Count > 0;

    /// <summary>What the buyer paid in advance pays first, as far as it goes. It is used by this commit, once; then the service is told.</summary>
    private async Task UsePrepaidAsync(PartitionWork work, Invoice invoice, PayInvoice message, CancellationToken cancellationToken)
    {
        if (!invoice.IsUnpaid() || invoice.HasUntoldUse()) return;
        var row = BillingRows.Prepaid(invoice.Currency);
        var funds = await work.ReadAsync<PrepaidFunds>(row, cancellationToken) ?? PrepaidFunds.Empty;
        var (left, taken) = funds.Take(invoice.Collectable());
        if (taken.Count == 0)
        {
            // Something else has used it meanwhile.
            work.Send(message);
            return;
        }

        var use = new PrepaidUse(
            (invoice.PrepaidUses?.Count ?? 0) + 1, PrepaidFunds.Sum(taken, invoice.Currency), taken, time.Now(), ids.Next<EntryKind>());
        work.Put(row, left);
        work.Put(BillingRows.Invoice(invoice.InvoiceId), invoice with { PrepaidUses = [.. invoice.PrepaidUses ?? [], use] });
        work.Send(use.Entry(invoice.Buyer, invoice.InvoiceId));
        work.Send(new IndexBillingRow(
            BillingIndex.Prepaid(BillingPeriod.Containing(use.UsedAt)), BillingRows.Invoice(invoice.InvoiceId), invoice.Buyer));
        work.Send(new TellPrepaidUse(invoice.Buyer, invoice.InvoiceId, use.Part, message.PaymentAttempt));
    }

    private void Decline(PartitionWork work, Invoice invoice, int attempt)
    {
        if (!invoice.IsUnpaid()) return;
        var declined = Dunning.Decline(invoice, attempt, terms.RetryAfter, time.Now());
        work.Put(BillingRows.Invoice(invoice.InvoiceId), declined);
        if (declined.NextAttemptAt is { } next) work.Send(new PayInvoice(invoice.Buyer, invoice.InvoiceId, attempt + 1), next);
    }

    private static void MarkPastDue(PartitionWork work, Invoice invoice)
    {
        if (invoice.State == InvoiceState.Open)
            work.Put(BillingRows.Invoice(invoice.InvoiceId), invoice with { State = InvoiceState.PastDue });
    }

    private void Check(PartitionWork work, Invoice invoice, int check)
    {
        if (invoice.IsUnpaid())
            work.Send(new CheckInvoice(invoice.Buyer, invoice.InvoiceId, check), time.Now() + CheckAfter[check - 1]);
    }
}
