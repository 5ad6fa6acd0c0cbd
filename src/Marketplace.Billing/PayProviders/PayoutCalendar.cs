using Marketplace.Billing.Rows;
using Marketplace.Billing.StartRun;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Billing.PayProviders;

/// <summary>Command: see that the calendar of payouts runs.</summary>
/// <param name="Today">The day on which it was asked for.</param>
public sealed record PlanPayouts(LocalDate Today) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.plan-payouts.v1";
}

/// <summary>A day has come on which providers may be due.</summary>
/// <param name="Day">The day, UTC.</param>
public sealed record PayoutDayCame(LocalDate Day) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.payout-day-came.v1";
}

/// <summary>The calendar's start.</summary>
/// <param name="From">The day before the first one.</param>
internal sealed record StartedCalendar(LocalDate From);

/// <summary>Starts a payout run every day; each provider's own schedule says whether the day is one of its days.</summary>
public sealed class PayoutCalendarHandlers(Workspace workspace, TimeProvider time, IIdSource ids)
    : IMessageHandler<PlanPayouts>, IMessageHandler<PayoutDayCame>
{
    private static readonly LocalTime At = new(2, 0);

    /// <inheritdoc/>
    public Task HandleAsync(PlanPayouts message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            BillingRows.Runs,
            context,
            async work =>
            {
                if (await work.ReadAsync<StartedCalendar>(BillingRows.PayoutCalendar, cancellationToken) is not null) return;
                work.Put(BillingRows.PayoutCalendar, new StartedCalendar(message.Today));
                Plan(work, message.Today.PlusDays(1));
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task HandleAsync(PayoutDayCame message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            BillingRows.Runs,
            context,
            work =>
            {
                var now = time.Now();
                StartRunHandler.Start(
                    work, new Run(ids.Next<RunKind>(), RunPurpose.Payout, BillingPeriod.Containing(now), now, ScheduledFor: message.Day));
                Plan(work, message.Day.PlusDays(1));
                return Task.CompletedTask;
            },
            cancellationToken);

    private static void Plan(PartitionWork work, LocalDate day) => work.Send(new PayoutDayCame(day), (day + At).InUtc().ToInstant());
}
