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

/// <summary>
/// Command: give the buyer back a part of what a lease costs, and take it back from who was paid, because its machine proved less than was
/// sold. It applies to the hours whose start is from <paramref name="From"/> and before <paramref name="To"/>.
/// </summary>
/// <param name="LeaseId">The lease.</param>
/// <param name="Buyer">Who gets it.</param>
/// <param name="From">Start of the first hour.</param>
/// <param name="To">Start of the hour after the last.</param>
/// <param name="BasisPoints">The part, in ten-thousandths: 1 to 10,000.</param>
/// <param name="Reason">Why: the buyer reads it.</param>
public sealed record CreditShortfall(
    LeaseId LeaseId, OrganisationId Buyer, Instant From, Instant To, int BasisPoints, string Reason) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.credit-shortfall.v1";
}

/// <summary>What a lease is of, as it was sold. None of it ever changes.</summary>
/// <param name="Book">The class of its GPUs, and the hub that they are in.</param>
/// <param name="MachineOwner">Whose machine it is: the seller, unless a buyer sold hours of a lease on.</param>
public sealed record LeasedCapacity(BookKey Book, OrganisationId MachineOwner);

/// <summary>Tells what leases are of.</summary>
public interface ILeasedCapacities
{
    /// <summary>What a lease is of, or null if there is no such lease.</summary>
    Task<LeasedCapacity?> FindCapacityAsync(LeaseId lease, CancellationToken cancellationToken);
}

/// <summary>Tells whether a machine serves a lease.</summary>
public interface IMachineLeases
{
    /// <summary>Whether a lease of the machine runs or is about to.</summary>
    Task<bool> IsLeasedAsync(MachineId machine, CancellationToken cancellationToken);
}
