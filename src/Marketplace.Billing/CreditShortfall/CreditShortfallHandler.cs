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
        var room = ShortfallRules.Room(invoice, form);
        var (credits, reasons, isMoreOwed) = (new List<LineCredit>(), new List<string>(), false);
        foreach (var lines in invoice.Lines.GroupBy(line => line.LeaseId))
        {
            var row = BillingRows.Shortfall(lines.Key);
            if (await work.ReadAsync<LeaseShortfall>(row, cancellationToken) is not { } shortfall) continue;
            var owed = await OwedAsync(work, shortfall, lines, cancellationToken);
            if (owed.Count == 0) continue;
            var waiting = (shortfall.Waiting ?? []).Where(wait => owed.All(one => one.UsageId != wait.UsageId)).ToList();
            var before = credits.Count;
            foreach (var (usage, amount) in owed)
            {
                var given = amount < room ? amount : room;
                room -= given;
                if (!given.IsZero) credits.Add(new LineCredit(usage, given));
                if (given != amount) waiting.Add(new WaitingCredit(usage, amount - given));
                isMoreOwed |= given != amount;
            }

            if (credits.Count > before) reasons.Add(shortfall.Reason);
            work.Put(row, shortfall with { Credited = [.. shortfall.Credited.Union(owed.Select(one => one.UsageId))], Waiting = waiting.Count > 0 ? waiting : null });
        }

        if (isMoreOwed) invoice = invoice with { OwesShortfall = true };
        if (credits.Count == 0)
        {
            if (isMoreOwed) work.Put(BillingRows.Invoice(invoice.InvoiceId), invoice);
            return;
        }

        if (!CreditRules.Decide(invoice, form, credits).TryGet(out var credited, out var refusal))
            throw new InvalidOperationException($"{invoice.InvoiceId} cannot be credited for a shortfall: {refusal}.");
        var applied = CreditRules.Apply(invoice, form, credited);
        work.Put(BillingRows.Invoice(invoice.InvoiceId), applied);
        var reason = reasons.Count == 1 ? reasons[0] : $"Re-checks of the machines of {reasons.Count} leases showed less than was sold.";
        if (form == CreditForm.CreditNote) CreditInvoiceHandler.Issue(work, invoice, credited, reason, ids, time);
        else CreditInvoiceHandler.Order(work, invoice, credited, reason, ids, time, takesBack: true);
    }

    /// <summary>
    /// What is to be given back of a lease's lines: each once, and what waited. A line in dispute takes no other credit: what is left of it then
    /// is credited when the dispute is resolved.
    /// </summary>
    private static async Task<List<(UsageId UsageId, Money Amount)>> OwedAsync(
        PartitionWork work, LeaseShortfall shortfall, IEnumerable<InvoicedCharge> lines, CancellationToken cancellationToken)
    {
        var owed = new List<(UsageId, Money)>();
        foreach (var line in lines.Where(line => line.Dispute is null))
        {
            if (shortfall.Waiting?.FirstOrDefault(wait => wait.UsageId == line.UsageId) is { } waiting)
            {
                var left = line.Left().Total();
                owed.Add((line.UsageId, waiting.Amount < left ? waiting.Amount : left));
            }
            else if (!shortfall.Credited.Contains(line.UsageId))
            {
                var charge = (await work.ReadAsync<Charge>(BillingRows.Charge(line.UsageId), cancellationToken))!;
                owed.Add((line.UsageId, ShortfallRules.Credit(shortfall, charge, line)));
            }
        }

        return owed;
    }
}
