using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Lists;
using Marketplace.Billing.PayProviders;
using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.CreditInvoice;

/// <summary>Takes back a part of an invoice: by a credit note before it is paid, by a refund after. The decision reserves the amounts.</summary>
public sealed class CreditInvoiceHandler(Workspace workspace, BillingReads reads, TimeProvider time, IIdSource ids)
{
    /// <summary>Issues a credit note. Without lines it is over all that is left, and the invoice becomes void.</summary>
    public Task<Attempt<CreditNote, CreditRefusal>> IssueAsync(
        InvoiceId invoiceId, IReadOnlyList<LineCredit>? lines, string reason, IdempotencyKey key, CancellationToken cancellationToken) =>
        AttemptAsync(
            CreditForm.CreditNote, invoiceId, lines, reason, key,
            (work, invoice, credited, why) => Issue(work, invoice, credited, why, ids, time), cancellationToken);

    /// <summary>Refunds a paid invoice. Without lines it is over all that is left.</summary>
    public Task<Attempt<Refund, CreditRefusal>> RefundAsync(
        InvoiceId invoiceId, IReadOnlyList<LineCredit>? lines, string reason, IdempotencyKey key, CancellationToken cancellationToken) =>
        AttemptAsync(
            CreditForm.Refund, invoiceId, lines, reason, key,
            (work, invoice, credited, why) => Order(work, invoice, credited, why, ids, time, takesBack: true), cancellationToken);

    private async Task<Attempt<T, CreditRefusal>> AttemptAsync<T>(
        CreditForm form,
        InvoiceId invoiceId,
        IReadOnlyList<LineCredit>? lines,
        string reason,
        IdempotencyKey key,
        Func<PartitionWork, Invoice, IReadOnlyList<CreditedLine>, string, T> decided,
        CancellationToken cancellationToken)
    {
        if (await reads.FindInvoiceAsync(null, invoiceId, cancellationToken) is not { Buyer: var buyer })
            return Attempt<T, CreditRefusal>.Refused(CreditRefusal.InvoiceUnknown);
        return await workspace.AttemptAsync<Request, T, CreditRefusal>(
            BillingRows.Of(buyer),
            key,
            new Request(form, invoiceId, lines, reason),
            async work =>
            {
                var invoice = (await work.ReadAsync<Invoice>(BillingRows.Invoice(invoiceId), cancellationToken))!;
                if (!CreditRules.Decide(invoice, form, lines).TryGet(out var credited, out var refusal)) return refusal;
                work.Put(BillingRows.Invoice(invoiceId), CreditRules.Apply(invoice, form, credited));
                return decided(work, invoice, credited, reason);
            },
            cancellationToken);
    }

    /// <summary>Has a credit note issued; it is booked then.</summary>
    internal static CreditNote Issue(
        PartitionWork work, Invoice invoice, IReadOnlyList<CreditedLine> lines, string reason, IIdSource ids, TimeProvider time)
    {
        var note = new CreditNote(
            ids.Next<CreditNoteKind>(), invoice.InvoiceId, invoice.Buyer, lines, CreditRules.Sum(lines), reason, CreditNoteState.Pending, time.Now(),
            ids.Next<EntryKind>());
        work.Put(BillingRows.CreditNote(note.InvoiceId, note.CreditNoteId), note);
        work.Send(new IssueCreditNote(note.Buyer, note.InvoiceId, note.CreditNoteId));
        return note;
    }

    /// <summary>Books a refund and has it made.</summary>
    /// <param name="work">The buyer's partition.</param>
    /// <param name="invoice">The invoice before the refund.</param>
    /// <param name="lines">What is given back.</param>
    /// <param name="reason">Why.</param>
    /// <param name="ids">Makes ids.</param>
    /// <param name="time">Tells the time.</param>
    /// <param name="takesBack">Whether providers were told of these shares: always, unless the lines were lowered before payment was known.</param>
    internal static Refund Order(
        PartitionWork work, Invoice invoice, IReadOnlyList<CreditedLine> lines, string reason, IIdSource ids, TimeProvider time, bool takesBack)
    {
        var amount = CreditRules.Sum(lines);
        var refund = new Refund(
            ids.Next<RefundKind>(), invoice.InvoiceId, invoice.Buyer, lines, amount, CreditRules.Restored(invoice, amount), reason, RefundState.Pending, time.Now(),
            ids.Next<EntryKind>());
        var key = BillingRows.Refund(refund.InvoiceId, refund.RefundId);
        work.Put(key, refund);
        work.Send(new IndexBillingRow(BillingIndex.Credits(BillingPeriod.Containing(refund.CreatedAt)), key, refund.Buyer));
        work.Send(CreditRules.Entry(
            refund.EntryId, EntryReason.RefundOrdered, refund.RefundId.ToString(), lines, new Account(AccountKind.Refund, null), refund.CreatedAt));
        work.Send(new MakeRefund(refund.Buyer, refund.InvoiceId, refund.RefundId));
        if (!takesBack) return refund;
        foreach (var own in lines.Where(line => !line.Parts.Share.IsZero).GroupBy(line => line.Provider))
        {
            foreach (var some in own.Chunk(ProviderPayouts.MaxShares))
            {
                work.Send(new TakeBackShares(
                    own.Key, refund.InvoiceId, refund.RefundId, [.. some.Select(line => new PayableShare(line.UsageId, line.Parts.Share))]));
            }
        }

        return refund;
    }

    private sealed record Request(CreditForm Form, InvoiceId InvoiceId, IReadOnlyList<LineCredit>? Lines, string Reason);
}
