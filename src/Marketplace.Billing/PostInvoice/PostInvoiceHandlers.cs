using Marketplace.Billing.CollectInvoice;
using Marketplace.Billing.CreditShortfall;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.OpenAccount;
using Marketplace.Billing.Payments;
using Marketplace.Billing.Rows;
using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.PostInvoice;

/// <summary>
/// Brings a draft to the payment service in three steps. Each calls the service first and commits then: a crash between the two
/// repeats the call, which has no second effect there.
/// </summary>
public sealed class PostInvoiceHandlers(Workspace workspace, IPaymentGateway gateway, TimeProvider time)
    : IMessageHandler<CreateExternalInvoice>, IMessageHandler<PostInvoiceLines>, IMessageHandler<FinalizeInvoice>
{
    /// <summary>Lines posted for one message.</summary>
    public const int LinesAtOnce = 40;

    /// <inheritdoc/>
    public async Task HandleAsync(CreateExternalInvoice message, MessageContext context, CancellationToken cancellationToken)
    {
        var invoice = await workspace.LoadInvoiceAsync(message.Buyer, message.InvoiceId, cancellationToken);
        var account = await workspace.Store.ReadAsync(BillingRows.Of(message.Buyer), BillingRows.Account, cancellationToken);
        var customer = account is null ? null : MarketplaceJson.Deserialize<BillingAccount>(account.Body).ExternalCustomerId;
        // The account may still be on its way; the message is tried again.
        if (customer is null) throw new InvalidOperationException($"The buyer {message.Buyer} has no customer yet.");
        var external = await gateway.CreateInvoiceAsync(ToDraft(invoice, customer), context.OccurredAt, cancellationToken);
        await workspace.ChangeInvoiceAsync(message.Buyer, message.InvoiceId, context, (work, draft) =>
        {
            work.Put(BillingRows.Invoice(draft.InvoiceId), draft with { ExternalCustomerId = customer, ExternalId = external });
            work.Send(new PostInvoiceLines(draft.Buyer, draft.InvoiceId, 0));
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task HandleAsync(PostInvoiceLines message, MessageContext context, CancellationToken cancellationToken)
    {
        var invoice = await workspace.LoadInvoiceAsync(message.Buyer, message.InvoiceId, cancellationToken);
        var draft = ToDraft(invoice, invoice.ExternalCustomerId!);
        foreach (var line in invoice.Lines.Skip(message.FromLine).Take(LinesAtOnce))
            await gateway.AddLineAsync(draft, invoice.ExternalId!, ToLine(line), context.OccurredAt, cancellationToken);
        var next = message.FromLine + LinesAtOnce;
        await workspace.ChangeInvoiceAsync(message.Buyer, message.InvoiceId, context, (work, _) =>
        {
            if (next < invoice.Lines.Count) work.Send(message with { FromLine = next });
            else work.Send(new FinalizeInvoice(message.Buyer, message.InvoiceId));
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task HandleAsync(FinalizeInvoice message, MessageContext context, CancellationToken cancellationToken)
    {
        var invoice = await workspace.LoadInvoiceAsync(message.Buyer, message.InvoiceId, cancellationToken);
        var total = await gateway.FinalizeInvoiceAsync(invoice.InvoiceId, invoice.ExternalId!, context.OccurredAt, cancellationToken);
        InvariantException.Require(total == invoice.Total, $"{invoice.InvoiceId} is {invoice.Total} here and {total} at the payment service.");
        await workspace.ChangeInvoiceAsync(message.Buyer, message.InvoiceId, context, (work, draft) =>
        {
            if (draft.State != InvoiceState.Draft) return;
            work.Put(BillingRows.Invoice(draft.InvoiceId), draft with { State = InvoiceState.Open, FinalizedAt = time.Now() });
            work.Send(new CreditShortfallsOfInvoice(draft.Buyer, draft.InvoiceId));
            work.Send(new PayInvoice(draft.Buyer, draft.InvoiceId, PaymentAttempt: 1));
        }, cancellationToken);
    }

    private static InvoiceDraft ToDraft(Invoice invoice, string customer) =>
        new(invoice.InvoiceId, invoice.Buyer, customer, invoice.Currency, invoice.Period);

    private static InvoiceLine ToLine(InvoicedCharge charge) => new(
        charge.UsageId,
        charge.LeaseId,
        charge.Amount,
        $"{charge.Used.GpuSeconds} GPU-seconds at {charge.Price}, lease {charge.LeaseId}{(charge.IsCorrection ? $", correction of {charge.ChargePeriod}" : "")}",
        charge.From,
        charge.To);
}
