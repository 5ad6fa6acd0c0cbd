using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.RateUsage;
using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.CreditShortfall;

/// <summary>Command: give back, of the lines of one invoice that are not in dispute, what their leases fell short. May be sent again.</summary>
/// <param name="Buyer">Whose invoice.</param>
/// <param name="InvoiceId">The invoice; final.</param>
public sealed record CreditShortfallsOfInvoice(OrganisationId Buyer, InvoiceId InvoiceId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.credit-shortfalls-of-invoice.v1";
}

/// <summary>
/// Gives buyers back what leases fell short, by the credit notes and refunds that finance issues by hand for other reasons. A shortfall is
/// mostly known before the lease is billed, and kept until its invoice is final; one that comes later finds the invoices that are.
/// </summary>
public sealed class CreditShortfallHandler(Workspace workspace, TimeProvider time, IIdSource ids)
    : IMessageHandler<Contracts.CreditShortfall>, IMessageHandler<CreditShortfallsOfInvoice>
{
    /// <inheritdoc/>
    public Task HandleAsync(Contracts.CreditShortfall message, MessageContext context, CancellationToken cancellationToken) => workspace.HandleAsync(
        BillingRows.Of(message.Buyer),
        context,
        async work =>
        {
            var row = BillingRows.Shortfall(message.LeaseId);
            if (await work.ReadAsync<LeaseShortfall>(row, cancellationToken) is not null) return;
            work.Put(row, new LeaseShortfall(message.LeaseId, message.From, message.To, message.BasisPoints, message.Reason, []));

            // The lease had begun by then, so that older invoices have nothing of it.
            await foreach (var (_, invoice) in work.ReadRangeAsync<Invoice>(RowRange.StartingWith(BillingRows.InvoicePrefix), cancellationToken))
            {
                if (invoice.CreatedAt < message.From) break;
                if (ShortfallRules.FormOf(invoice) is not null && invoice.Lines.Any(line => line.LeaseId == message.LeaseId))
                    work.Send(new CreditShortfallsOfInvoice(message.Buyer, invoice.InvoiceId));
            }
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task HandleAsync(CreditShortfallsOfInvoice message, MessageContext context, CancellationToken cancellationToken) => workspace.ChangeInvoiceAsync(
        message.Buyer,
        message.InvoiceId,
        context,
        (work, invoice) => ApplyAsync(work, invoice, cancellationToken),
        cancellationToken);

    private async Task ApplyAsync(PartitionWork work, Invoice invoice, CancellationToken cancellationToken)
    {
        if (ShortfallRules.FormOf(invoice) is not { } form) return;
        var credits = new List<LineCredit>();
        var reasons = new List<string>();
        foreach (var lines in invoice.Lines.GroupBy(line => line.LeaseId))
        {
            var row = BillingRows.Shortfall(lines.Key);
            if (await work.ReadAsync<LeaseShortfall>(row, cancellationToken) is not { } shortfall) continue;

            // A line in dispute takes no other credit. What is left of it then is credited when the dispute is resolved.
            var fresh = lines.Where(line => line.Dispute is null && !shortfall.Credited.Contains(line.UsageId)).ToList();
            if (fresh.Count == 0) continue;
            reasons.Add(shortfall.Reason);
            work.Put(row, shortfall with { Credited = [.. shortfall.Credited, .. fresh.Select(line => line.UsageId)] });
            foreach (var line in fresh)
            {
                var charge = (await work.ReadAsync<Charge>(BillingRows.Charge(line.UsageId), cancellationToken))!;
                var credit = ShortfallRules.Credit(shortfall, charge, line);
                if (!credit.IsZero) credits.Add(new LineCredit(line.UsageId, credit));
            }
        }

        if (credits.Count == 0) return;
        if (!CreditRules.Decide(invoice, form, credits).TryGet(out var credited, out var refusal))
            throw new InvalidOperationException($"{invoice.InvoiceId} cannot be credited for a shortfall: {refusal}.");
        var applied = CreditRules.Apply(invoice, form, credited);
        work.Put(BillingRows.Invoice(invoice.InvoiceId), applied);
        var reason = reasons.Count == 1 ? reasons[0] : $"Re-checks of the machines of {reasons.Count} leases showed less than was sold.";
        if (form == CreditForm.CreditNote) CreditInvoiceHandler.Issue(work, invoice, credited, reason, ids, time);
        else CreditInvoiceHandler.Order(work, invoice, credited, reason, ids, time, takesBack: true);
    }
}
