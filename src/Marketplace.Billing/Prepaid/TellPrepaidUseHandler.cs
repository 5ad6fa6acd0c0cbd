using Marketplace.Billing.CollectInvoice;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Payments;
using Marketplace.Billing.Rows;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.Prepaid;

/// <summary>
/// Tells the payment service that a part of an invoice is paid in advance; then the rest is collected. Where the buyer paid the whole there
/// in the meantime, such as on the service's own page, the part is given back to its funds.
/// </summary>
public sealed class TellPrepaidUseHandler(Workspace workspace, IPaymentGateway gateway, TimeProvider time, IIdSource ids) : IMessageHandler<TellPrepaidUse>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TellPrepaidUse message, MessageContext context, CancellationToken cancellationToken)
    {
        var invoice = await workspace.LoadInvoiceAsync(message.Buyer, message.InvoiceId, cancellationToken);
        if (Untold(invoice, message) is not { } use) return;
        var order = new PrepaidUseOrder(
            use.Reference(invoice.InvoiceId), invoice.InvoiceId, invoice.ExternalId!, invoice.ExternalCustomerId!, use.Amount, use.UsedAt);
        var external = await gateway.RecordPrepaidUseAsync(order, context.OccurredAt, cancellationToken);
        await workspace.ChangeInvoiceAsync(
            message.Buyer,
            message.InvoiceId,
            context,
            async (work, now) =>
            {
                if (Untold(now, message) is null) return;
                if (external is null) await UndoAsync(work, now, use, cancellationToken);
                else Told(work, now, use with { ExternalId = external }, message.PaymentAttempt);
            },
            cancellationToken);
    }

    private static PrepaidUse? Untold(Invoice invoice, TellPrepaidUse message) =>
        invoice.PrepaidUses?.FirstOrDefault(use => use.Part == message.Part && use.ExternalId is null);

    private static void Told(PartitionWork work, Invoice invoice, PrepaidUse told, int attempt)
    {
        work.Put(BillingRows.Invoice(invoice.InvoiceId), invoice with
        {
            PrepaidUses = [.. invoice.PrepaidUses!.Select(use => use.Part == told.Part ? told : use)],
        });
        // With nothing left to collect the service has it as paid.
        if (invoice.Collectable().IsZero) work.Send(new CheckInvoice(invoice.Buyer, invoice.InvoiceId, 1));
        else work.Send(new PayInvoice(invoice.Buyer, invoice.InvoiceId, attempt));
    }

    private async Task UndoAsync(PartitionWork work, Invoice invoice, PrepaidUse use, CancellationToken cancellationToken)
    {
        var row = BillingRows.Prepaid(invoice.Currency);
        var funds = await work.ReadAsync<PrepaidFunds>(row, cancellationToken) ?? PrepaidFunds.Empty;
        work.Put(row, use.From.Aggregate(funds, (sum, part) => sum.Plus(part)));
        work.Put(BillingRows.Invoice(invoice.InvoiceId), invoice with { PrepaidUses = [.. invoice.PrepaidUses!.Where(one => one.Part != use.Part)] });
        work.Send(use.Undone(invoice.Buyer, invoice.InvoiceId, ids.Next<EntryKind>(), time.Now()));
        work.Send(new CheckInvoice(invoice.Buyer, invoice.InvoiceId, 1));
    }
}
