using Marketplace.Billing.CollectInvoice;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Payments;
using Marketplace.Billing.Prepaid;
using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.CreditInvoice;

/// <summary>Tells the payment service of credit notes and refunds: call first, commit then, as with invoices.</summary>
public sealed class CreditHandlers(Workspace workspace, IPaymentGateway gateway, TimeProvider time, IIdSource ids)
    : IMessageHandler<IssueCreditNote>, IMessageHandler<MakeRefund>
{
    /// <inheritdoc/>
    public async Task HandleAsync(IssueCreditNote message, MessageContext context, CancellationToken cancellationToken)
    {
        var key = BillingRows.CreditNote(message.InvoiceId, message.CreditNoteId);
        var note = await LoadAsync<CreditNote>(message.Buyer, key, cancellationToken);
        if (note.State != CreditNoteState.Pending) return;
        var invoice = await workspace.LoadInvoiceAsync(message.Buyer, message.InvoiceId, cancellationToken);
        var external = await gateway.IssueCreditNoteAsync(ToOrder(note, invoice.ExternalId!), context.OccurredAt, cancellationToken);
        await workspace.ChangeInvoiceAsync(message.Buyer, message.InvoiceId, context, async (work, now) =>
        {
            var pending = (await work.ReadAsync<CreditNote>(key, cancellationToken))!;
            if (pending.State != CreditNoteState.Pending) return;
            if (external is null) Refund(work, now, pending, key);
            else Issue(work, now, pending with { State = CreditNoteState.Issued, ExternalId = external, IssuedAt = time.Now() }, key);
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task HandleAsync(MakeRefund message, MessageContext context, CancellationToken cancellationToken)
    {
        var key = BillingRows.Refund(message.InvoiceId, message.RefundId);
        var refund = await LoadAsync<Refund>(message.Buyer, key, cancellationToken);
        if (refund.State == RefundState.Made) return;
        var invoice = await workspace.LoadInvoiceAsync(message.Buyer, message.InvoiceId, cancellationToken);
        // A credit note that came too late is refunded as soon as the payment is known here too.
        if (invoice.State != InvoiceState.Paid) throw new InvalidOperationException($"{invoice.InvoiceId} is not known to be paid yet.");
        var external = refund.ToPayment().IsZero ? null : await gateway.RefundAsync(
            invoice.ExternalPaymentId!, refund.ToPayment(), refund.RefundId.ToString(), context.OccurredAt, cancellationToken);
        await workspace.HandleAsync(BillingRows.Of(message.Buyer), context, async work =>
        {
            var pending = (await work.ReadAsync<Refund>(key, cancellationToken))!;
            if (pending.State == RefundState.Made) return;
            var made = pending with { State = RefundState.Made, ExternalId = external, MadeAt = time.Now() };
            work.Put(key, made);
            if (!made.ToPayment().IsZero) work.Send(Entry(made, EntryReason.RefundPaid, made.ToPayment(), new Account(AccountKind.PaymentClearing, null)));
            if (made.Restores.Count > 0) await RestoreAsync(work, made, cancellationToken);
            work.Send(new RefundMade(made.RefundId, made.InvoiceId, made.Buyer, made.Amount, made.MadeAt.Value));
        }, cancellationToken);
    }

    /// <summary>The buyer may use it for other invoices, or have it refunded to where it came from.</summary>
    private async Task RestoreAsync(PartitionWork work, Refund made, CancellationToken cancellationToken)
    {
        var row = BillingRows.Prepaid(made.Amount.Currency);
        var funds = await work.ReadAsync<PrepaidFunds>(row, cancellationToken) ?? PrepaidFunds.Empty;
        work.Put(row, made.Restores.Aggregate(funds, (sum, part) => sum.Plus(part)));
        work.Send(Entry(made, EntryReason.PrepaidRestored, made.ToPrepaid(), new Account(AccountKind.BuyerPrepaid, made.Buyer)));
    }

    private RecordEntry Entry(Refund made, EntryReason reason, Money amount, Account to) => new(
        ids.Next<EntryKind>(), amount.Currency, reason, made.RefundId.ToString(), made.MadeAt!.Value,
        [new Posting(new Account(AccountKind.Refund, null), amount), new Posting(to, -amount)]);

    private static void Issue(PartitionWork work, Invoice invoice, CreditNote issued, string key)
    {
        var isVoid = invoice.IsUnpaid() && invoice.Due().IsZero && invoice.PendingNotes == 1;
        work.Put(key, issued);
        work.Put(BillingRows.Invoice(invoice.InvoiceId), invoice with
        {
            PendingNotes = invoice.PendingNotes - 1,
            State = isVoid ? InvoiceState.Void : invoice.State,
        });
        // What is left was paid in advance: with this note the service has it as paid.
        if (!isVoid && invoice.IsUnpaid() && invoice.Collectable().IsZero) work.Send(new CheckInvoice(invoice.Buyer, invoice.InvoiceId, 1));
        var bookedAt = issued.IssuedAt!.Value;
        work.Send(new IndexBillingRow(BillingIndex.Credits(BillingPeriod.Containing(bookedAt)), key, issued.Buyer));
        work.Send(CreditRules.Entry(
            issued.EntryId, EntryReason.CreditNoteIssued, issued.CreditNoteId.ToString(), issued.Lines,
            new Account(AccountKind.BuyerReceivable, issued.Buyer), bookedAt));
        work.Send(new CreditNoteIssued(issued.CreditNoteId, issued.InvoiceId, issued.Buyer, issued.Amount, bookedAt));
    }

    /// <summary>The buyer paid the whole before the note lowered it: the note's amount is given back instead.</summary>
    /// <exception cref="InvalidOperationException">Whether a part is paid in advance is not known yet: try again.</exception>
    private void Refund(PartitionWork work, Invoice invoice, CreditNote note, string key)
    {
        if (invoice.HasUntoldUse()) throw new InvalidOperationException($"How {invoice.InvoiceId} was paid is not known yet.");
        var refund = CreditInvoiceHandler.Order(work, invoice, note.Lines, note.Reason, ids, time, takesBack: false);
        work.Put(key, note with { State = CreditNoteState.Refunded, RefundId = refund.RefundId });
        work.Put(BillingRows.Invoice(invoice.InvoiceId), invoice with
        {
            PendingNotes = invoice.PendingNotes - 1,
            Credited = invoice.Credited - note.Amount,
            Refunded = invoice.Refunded + note.Amount,
            RefundedToPrepaid = invoice.RefundedToPrepaid + refund.ToPrepaid(),
        });
        work.Send(new CheckInvoice(invoice.Buyer, invoice.InvoiceId, 1));
    }

    private static CreditNoteOrder ToOrder(CreditNote note, string externalInvoiceId) => new(
        note.CreditNoteId, note.InvoiceId, externalInvoiceId,
        [.. note.Lines.Select(line => new CreditNoteOrderLine(line.UsageId, line.Parts.Total()))], note.Reason);

    private async Task<T> LoadAsync<T>(OrganisationId buyer, string key, CancellationToken cancellationToken) =>
        await workspace.Store.ReadAsync(BillingRows.Of(buyer), key, cancellationToken) is { } row
            ? MarketplaceJson.Deserialize<T>(row.Body)
            : throw new InvariantException($"The row {key} is gone.");
}
