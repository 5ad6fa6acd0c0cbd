using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Finance;

/// <summary>Decides what is accrued when a month is closed, and what that means for the ledger.</summary>
internal static class Accruals
{
    /// <summary>By buyer and currency: the charges that count in the month and are on no invoice.</summary>
    public static IReadOnlyList<Accrual> Of(ReconciliationRecords records, IIdSource ids)
    {
        var metered = records.Usage.Where(u => BillingPeriod.Containing(u.MeteredAt) == records.Period).Select(u => u.UsageId).ToHashSet();
        return
        [
            .. records.Charges.Where(c => c.InvoiceId is null && metered.Contains(c.UsageId)).DistinctBy(c => c.UsageId)
                .GroupBy(c => (c.Buyer, c.Amount.Currency))
                .OrderBy(g => g.Key.Buyer.ToString(), StringComparer.Ordinal).ThenBy(g => g.Key.Currency.Code, StringComparer.Ordinal)
                .Select(g => (g.Key.Buyer, Amount: g.Aggregate(Money.Zero(g.Key.Currency), (sum, c) => sum + c.Total()), Count: g.Count()))
                .Where(a => !a.Amount.IsZero)
                .Select(a => new Accrual(a.Buyer, a.Amount, a.Count, ids.Next<EntryKind>(), ids.Next<EntryKind>())),
        ];
    }

    public static IReadOnlyList<AccruedTotal> Totals(IReadOnlyList<Accrual> accruals) =>
    [
        .. accruals.GroupBy(a => a.Amount.Currency).OrderBy(g => g.Key.Code, StringComparer.Ordinal).Select(g => new AccruedTotal(
            g.Aggregate(Money.Zero(g.Key), (sum, a) => sum + a.Amount), g.Count(), g.Sum(a => a.ChargeCount))),
    ];

    /// <summary>
    /// What the buyer owes is booked when usage is rated; at the month's end the part that is on no invoice is shown by itself, and in the
    /// first second of the next month it is what the buyer owes again.
    /// </summary>
    public static IEnumerable<RecordEntry> Entries(BillingPeriod period, Accrual accrual)
    {
        var accrued = new Account(AccountKind.AccruedReceivable, accrual.Buyer);
        var owed = new Account(AccountKind.BuyerReceivable, accrual.Buyer);
        var reference = $"accrual:{period}:{accrual.Buyer}";
        yield return new RecordEntry(
            accrual.AccrualId, accrual.Amount.Currency, EntryReason.Accrual, reference, period.End - Duration.FromSeconds(1),
            [new Posting(accrued, accrual.Amount), new Posting(owed, -accrual.Amount)]);
        yield return new RecordEntry(
            accrual.ReversalId, accrual.Amount.Currency, EntryReason.AccrualReversed, reference, period.End,
            [new Posting(owed, accrual.Amount), new Posting(accrued, -accrual.Amount)]);
    }
}

/// <summary>Command: send the entries of some accruals of a month that was closed, and go on.</summary>
/// <param name="Period">The month.</param>
/// <param name="Closure">The reconciliation that it was closed on.</param>
/// <param name="Part">Which of them.</param>
public sealed record RecordAccruals(BillingPeriod Period, ReconciliationId Closure, int Part) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "finance.record-accruals.v1";
}

/// <summary>Sends the entries of accruals, some at a time.</summary>
public sealed class RecordAccrualsHandler(Workspace workspace) : IMessageHandler<RecordAccruals>
{
    /// <summary>Accruals in one commit: each sends two entries.</summary>
    public const int AccrualsAtOnce = 40;

    /// <inheritdoc/>
    public Task HandleAsync(RecordAccruals message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            FinanceRows.Periods,
            context,
            async work =>
            {
                var some = await work.ReadAsync<Accrual[]>(FinanceRows.Accruals(message.Closure, message.Part), cancellationToken)
                    ?? throw new InvariantException($"Part {message.Part} of the accruals of {message.Period} is gone.");
                foreach (var entry in some.SelectMany(a => Accruals.Entries(message.Period, a))) work.Send(entry);
                if (some.Length == AccrualsAtOnce && await work.ReadAsync<Accrual[]>(FinanceRows.Accruals(message.Closure, message.Part + 1), cancellationToken) is not null)
                    work.Send(message with { Part = message.Part + 1 });
            },
            cancellationToken);
}
