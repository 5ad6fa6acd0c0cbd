using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Lists;
using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.CollectInvoice;

/// <summary>Gives up an invoice that its buyer does not pay.</summary>
public sealed class WriteOffInvoiceHandler(Workspace workspace, BillingReads reads, TimeProvider time, IIdSource ids)
{
    /// <summary>Writes an invoice off. The payment service keeps it open: who pays it after all has paid it.</summary>
    public async Task<Attempt<Invoice, WriteOffRefusal>> ExecuteAsync(
        InvoiceId invoiceId, string reason, IdempotencyKey key, CancellationToken cancellationToken)
    {
        if (await reads.FindInvoiceAsync(null, invoiceId, cancellationToken) is not { Buyer: var buyer })
            return Attempt<Invoice, WriteOffRefusal>.Refused(WriteOffRefusal.InvoiceUnknown);
        return await workspace.AttemptAsync<Request, Invoice, WriteOffRefusal>(
            BillingRows.Of(buyer),
            key,
            new Request(invoiceId, reason),
            async work =>
            {
                var row = BillingRows.Invoice(invoiceId);
                var invoice = (await work.ReadAsync<Invoice>(row, cancellationToken))!;
                var decision = Dunning.WriteOff(invoice, reason, ids.Next<EntryKind>(), time.Now());
                if (!decision.TryGet(out var writtenOff, out _)) return decision;
                work.Put(row, writtenOff);
                work.Send(writtenOff.WriteOff!.Entry);
                work.Send(new IndexBillingRow(BillingIndex.Reserves(BillingPeriod.Containing(writtenOff.WriteOff.At)), row, buyer));
                work.Send(new InvoiceWrittenOff(invoiceId, buyer, writtenOff.Due(), writtenOff.WriteOff.At));
                return decision;
            },
            cancellationToken);
    }

    private sealed record Request(InvoiceId InvoiceId, string Reason);
}
