using NodaTime;

namespace Marketplace.Contracts;

/// <summary>A lease's machine has proven that it is ready: billing starts.</summary>
/// <param name="LeaseId">The lease.</param>
/// <param name="Buyer">Who pays.</param>
/// <param name="Provider">Who is paid.</param>
/// <param name="MachineId">The machine, whose key signs the readings.</param>
/// <param name="GpuCount">GPUs leased.</param>
/// <param name="Window">The hours leased; nothing outside them is billed.</param>
/// <param name="Price">The agreed price.</param>
/// <param name="ReadyAt">From when use is billed.</param>
public sealed record LeaseReady(
    LeaseId LeaseId,
    OrganisationId Buyer,
    OrganisationId Provider,
    MachineId MachineId,
    int GpuCount,
    HourWindow Window,
    UnitPrice Price,
    Instant ReadyAt) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "leasing.lease-ready.v1";
}

/// <summary>How a lease that had been ready ended.</summary>
public enum LeaseEnding
{
    /// <summary>Its window is over.</summary>
    Completed,

    /// <summary>The buyer gave it up early.</summary>
    Terminated,

    /// <summary>The machine failed.</summary>
    Failed,
}

/// <summary>A lease that had been ready has ended: billing stops.</summary>
/// <param name="LeaseId">The lease.</param>
/// <param name="Ending">How.</param>
/// <param name="StoppedAt">Nothing at or after this instant is billed.</param>
/// <param name="CreditedFrom">Use from this instant on is not billed though the machine ran, because it failed; null for none.</param>
/// <param name="Buyer">Who pays; null in messages of before this was said.</param>
public sealed record LeaseStopped(LeaseId LeaseId, LeaseEnding Ending, Instant StoppedAt, Instant? CreditedFrom, OrganisationId? Buyer = null) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "leasing.lease-stopped.v1";
}
