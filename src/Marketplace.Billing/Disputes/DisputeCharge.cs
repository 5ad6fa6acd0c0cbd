using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.CreditShortfall;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Lists;
using Marketplace.Billing.Rows;
using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.Disputes;

/// <summary>Opens and resolves disputes. Both are one commit of the buyer's partition, where the invoice is.</summary>
public sealed class DisputeCharge(Workspace workspace, BillingReads reads, BillingTerms terms, TimeProvider time, IIdSource ids)
{
    /// <summary>Contests a charge.</summary>
    /// <param name="invoiceId">The invoice that it is on.</param>
    /// <param name="usageId">Its usage record.</param>
    /// <param name="caller">The buyer or the provider.</param>
    /// <param name="reason">Why.</param>
    /// <param name="key">Names the intent.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Attempt<Dispute, OpenDisputeRefusal>> OpenAsync(
        InvoiceId invoiceId, UsageId usageId, OrganisationId caller, string reason, IdempotencyKey key, CancellationToken cancellationToken)
    {
        if (await reads.FindInvoiceAsync(null, invoiceId, cancellationToken) is not { Buyer: var buyer })
            return Attempt<Dispute, OpenDisputeRefusal>.Refused(OpenDisputeRefusal.LineUnknown);
        return await workspace.AttemptAsync<OpenRequest, Dispute, OpenDisputeRefusal>(
            BillingRows.Of(buyer),
            key,
            new OpenRequest(invoiceId, usageId, caller, reason),
            async work =>
            {
                var invoice = (await work.ReadAsync<Invoice>(BillingRows.Invoice(invoiceId), cancellationToken))!;
                if (!DisputeRules.Decide(invoice, usageId, caller, terms.DisputeWindow, time.Now()).TryGet(out var line, out var refusal)) return refusal;
                return Open(work, invoice, line, caller, reason);
            },
            cancellationToken);
    }

    /// <summary>Decides a dispute.</summary>
    /// <param name="disputeId">The dispute.</param>
    /// <param name="credits">Whether the buyer is right.</param>
    /// <param name="amount">How much the buyer gets, tax included; null for all that is left of the line.</param>
    /// <param name="reason">Why: both sides read it.</param>
    /// <param name="key">Names the intent.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Attempt<Dispute, ResolveDisputeRefusal>> ResolveAsync(
        DisputeId disputeId, bool credits, Money? amount, string reason, IdempotencyKey key, CancellationToken cancellationToken)
    {
        if (await reads.FindDisputeAsync(null, disputeId, cancellationToken) is not { Buyer: var buyer })
            return Attempt<Dispute, ResolveDisputeRefusal>.Refused(ResolveDisputeRefusal.DisputeUnknown);
        return await workspace.AttemptAsync<ResolveRequest, Dispute, ResolveDisputeRefusal>(
            BillingRows.Of(buyer),
            key,
            new ResolveRequest(disputeId, credits, amount, reason),
            async work =>
            {
                var dispute = (await work.ReadAsync<Dispute>(BillingRows.Dispute(disputeId), cancellationToken))!;
                if (dispute.State != DisputeState.Open) return ResolveDisputeRefusal.DisputeResolved;
                var invoice = (await work.ReadAsync<Invoice>(BillingRows.Invoice(dispute.InvoiceId), cancellationToken))!;
                return Resolve(work, dispute, DisputeRules.Mark(invoice, dispute.UsageId, null), credits, amount, reason);
            },
            cancellationToken);
    }

    private Dispute Open(PartitionWork work, Invoice invoice, InvoicedCharge line, OrganisationId caller, string reason)
    {
        var dispute = new Dispute(
            ids.Next<DisputeKind>(), invoice.InvoiceId, line.UsageId, invoice.Buyer, line.Provider, caller, reason, line.Left().Total(),
            DisputeState.Open, time.Now());
        var key = BillingRows.Dispute(dispute.DisputeId);
        work.Put(key, dispute);
        work.Put(BillingRows.Invoice(invoice.InvoiceId), DisputeRules.Mark(invoice, line.UsageId, dispute.DisputeId));
        foreach (var index in new[] { BillingIndex.Disputes(null), BillingIndex.Disputes(dispute.Buyer), BillingIndex.Disputes(dispute.Provider) }.Distinct())
            work.Send(new IndexBillingRow(index, key, dispute.Buyer));
        if (!line.Left().Share.IsZero)
            work.Send(new HoldShare(line.Provider, invoice.InvoiceId, line.UsageId, dispute.DisputeId, line.Left().Share));
        work.Send(new DisputeOpened(dispute.DisputeId, dispute.InvoiceId, dispute.UsageId, dispute.Buyer, dispute.Provider, dispute.Amount, dispute.OpenedAt));
        return dispute;
    }

    private Result<Dispute, ResolveDisputeRefusal> Resolve(
        PartitionWork work, Dispute dispute, Invoice invoice, bool credits, Money? amount, string reason)
    {
        var line = invoice.Lines.Single(one => one.UsageId == dispute.UsageId);
        // The share goes back to where it would be before anything is taken of it.
        if (!line.Left().Share.IsZero) work.Send(new ReleaseShare(dispute.Provider, dispute.UsageId, dispute.DisputeId));
        string? creditId = null;
        if (credits)
        {
            var form = invoice.State == InvoiceState.Paid ? CreditForm.Refund : CreditForm.CreditNote;
            if (!CreditRules.Decide(invoice, form, [new LineCredit(dispute.UsageId, amount)]).TryGet(out var lines, out var refusal)) return Of(refusal);
            creditId = form == CreditForm.Refund
                ? CreditInvoiceHandler.Order(work, invoice, lines, reason, ids, time, takesBack: true).RefundId.ToString()
                : CreditInvoiceHandler.Issue(work, invoice, lines, reason, ids, time).CreditNoteId.ToString();
            invoice = CreditRules.Apply(invoice, form, lines);
        }

        var resolved = dispute with
        {
            State = credits ? DisputeState.Credited : DisputeState.Released, Resolution = reason, ResolvedAt = time.Now(), CreditId = creditId,
        };
        work.Put(BillingRows.Dispute(dispute.DisputeId), resolved);
        work.Put(BillingRows.Invoice(invoice.InvoiceId), invoice);
        // What the lease fell short waited for this.
        work.Send(new CreditShortfallsOfInvoice(invoice.Buyer, invoice.InvoiceId));
        work.Send(new DisputeResolved(dispute.DisputeId, dispute.Buyer, dispute.Provider, credits, resolved.ResolvedAt.Value));
        return resolved;
    }

    private static ResolveDisputeRefusal Of(CreditRefusal refusal) => refusal switch
    {
        CreditRefusal.InvoiceClosed => ResolveDisputeRefusal.InvoiceClosed,
        CreditRefusal.CurrencyDiffers => ResolveDisputeRefusal.CurrencyDiffers,
        CreditRefusal.NothingToCredit => ResolveDisputeRefusal.NothingToCredit,
        CreditRefusal.ExceedsLine => ResolveDisputeRefusal.ExceedsLine,
        CreditRefusal.ExceedsUnpaid => ResolveDisputeRefusal.ExceedsUnpaid,
        _ => throw new InvariantException($"A disputed line was refused a credit: {refusal}."),
    };

    private sealed record OpenRequest(InvoiceId InvoiceId, UsageId UsageId, OrganisationId Caller, string Reason);

    private sealed record ResolveRequest(DisputeId DisputeId, bool Credits, Money? Amount, string Reason);
}
