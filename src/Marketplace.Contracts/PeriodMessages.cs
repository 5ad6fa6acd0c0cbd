using NodaTime;

namespace Marketplace.Contracts;

/// <summary>
/// Event: a month was closed. From now on its books stand: what is rated later for its usage is booked and invoiced in the open month,
/// as a correction that keeps its own charge period.
/// </summary>
/// <param name="Period">The month.</param>
/// <param name="ClosedAt">When it was closed.</param>
public sealed record PeriodClosed(BillingPeriod Period, Instant ClosedAt) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "finance.period-closed.v1";
}

/// <summary>Says which months are closed.</summary>
public interface IPeriods
{
    /// <summary>Whether a month is closed. Once it is, it stays so.</summary>
    Task<bool> IsClosedAsync(BillingPeriod period, CancellationToken cancellationToken);
}
