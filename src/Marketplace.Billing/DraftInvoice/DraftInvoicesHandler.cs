using Marketplace.Billing.PostInvoice;
using Marketplace.Billing.RateUsage;
using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.DraftInvoice;

/// <summary>Command: put a buyer's unbilled charges on invoices, one per currency and period.</summary>
/// <param name="Buyer">The buyer.</param>
/// <param name="Through">The last period that is billed.</param>
/// <param name="Into">The invoice that is being filled; null to start one.</param>
public sealed record DraftInvoices(OrganisationId Buyer, BillingPeriod Through, InvoiceId? Into) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.draft-invoices.v1";
}

/// <summary>Moves some charges at a time from the unbilled list to an invoice, and goes on by message until the list is empty.</summary>
public sealed class DraftInvoicesHandler(Workspace workspace, TimeProvider time, IIdSource ids) : IMessageHandler<DraftInvoices>
{
    /// <inheritdoc/>
    public Task HandleAsync(DraftInvoices message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(BillingRows.Of(message.Buyer), context, work => Draft(work, message, cancellationToken), cancellationToken);

    private async Task Draft(PartitionWork work, DraftInvoices message, CancellationToken cancellationToken)
    {
        var draft = message.Into is { } into
            ? await work.ReadAsync<Invoice>(BillingRows.Invoice(into), cancellationToken)
                ?? throw new InvariantException($"The draft {into} is gone.")
            : null;
        var taken = 0;
        var full = false;
        await foreach (var (row, unbilled) in work.ReadRangeAsync<UnbilledCharge>(RowRange.StartingWith(BillingRows.UnbilledPrefix), cancellationToken))
        {
            var key = BillingRows.Charge(unbilled.UsageId);
            var charge = await work.ReadAsync<Charge>(key, cancellationToken)
                ?? throw new InvariantException($"The unbilled charge {unbilled.UsageId} is gone.");
            if (charge.Period.CompareTo(message.Through) > 0) continue;
            draft ??= InvoiceDrafting.Start(ids.Next<InvoiceKind>(), charge, time.Now());
            full = !InvoiceDrafting.Accepts(draft, charge);
            if (full || taken == InvoiceDrafting.MaxChargesAtOnce)
            {
                Finish(work, message, draft, full, more: true);
                return;
            }

            (draft, charge) = InvoiceDrafting.Add(draft, charge);
            work.Put(key, charge);
            work.Delete(row);
            taken++;
        }

        if (draft is not null) Finish(work, message, draft, full: true, more: false);
    }

    /// <summary>A draft that takes no more goes to the payment service; what is left is taken by the next message.</summary>
    private static void Finish(PartitionWork work, DraftInvoices message, Invoice draft, bool full, bool more)
    {
        work.Put(BillingRows.Invoice(draft.InvoiceId), draft);
        if (message.Into is null) work.Send(new IndexBillingRow(BillingIndex.Invoices, BillingRows.Invoice(draft.InvoiceId), draft.Buyer));
        if (full) work.Send(new CreateExternalInvoice(draft.Buyer, draft.InvoiceId));
        if (more) work.Send(message with { Into = full ? null : draft.InvoiceId });
    }
}
