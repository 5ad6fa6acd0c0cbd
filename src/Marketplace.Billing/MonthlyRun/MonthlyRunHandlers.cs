using Marketplace.Billing.Rows;
using Marketplace.Billing.StartRun;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Billing.MonthlyRun;

/// <summary>Command: see that the run after a month is planned.</summary>
/// <param name="Period">The month.</param>
public sealed record PlanMonthlyRun(BillingPeriod Period) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.plan-monthly-run.v1";
}

/// <summary>A month is over; its charges are to be invoiced.</summary>
/// <param name="Period">The month.</param>
public sealed record MonthEnded(BillingPeriod Period) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.month-ended.v1";
}

/// <summary>A month that is planned.</summary>
/// <param name="Period">The month.</param>
internal sealed record PlannedMonth(BillingPeriod Period);

/// <summary>Invoices every month once it is over. The first organisation starts the calendar; each month plans the next.</summary>
public sealed class MonthlyRunHandlers(Workspace workspace, TimeProvider time, IIdSource ids)
    : IMessageHandler<PlanMonthlyRun>, IMessageHandler<MonthEnded>
{
    /// <summary>How long after a month its last usage may still be metered before it is invoiced.</summary>
    public static readonly Duration Grace = Duration.FromHours(6);

    /// <inheritdoc/>
    public Task HandleAsync(PlanMonthlyRun message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(BillingRows.Runs, context, work => Plan(work, message.Period, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task HandleAsync(MonthEnded message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            BillingRows.Runs,
            context,
            async work =>
            {
                StartRunHandler.Start(work, new Run(ids.Next<RunKind>(), RunPurpose.Billing, message.Period, time.Now()));
                await Plan(work, message.Period.Next, cancellationToken);
            },
            cancellationToken);

    private static async Task Plan(PartitionWork work, BillingPeriod period, CancellationToken cancellationToken)
    {
        var key = BillingRows.Month(period);
        if (await work.ReadAsync<PlannedMonth>(key, cancellationToken) is not null) return;
        work.Put(key, new PlannedMonth(period));
        work.Send(new MonthEnded(period), period.End + Grace);
    }
}
