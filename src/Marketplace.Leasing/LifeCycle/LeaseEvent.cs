using Marketplace.Leasing.Recheck;
using NodaTime;

namespace Marketplace.Leasing.LifeCycle;

/// <summary>Something that happened to a lease.</summary>
public abstract record LeaseEvent;

/// <summary>Its machine is to prove that it is ready: its window began, or the proof before did not pass and there is time for another.</summary>
public sealed record PreparationBegan(VerificationId VerificationId, Instant Deadline) : LeaseEvent;

/// <summary>Its machine is ready.</summary>
public sealed record LeaseActivated(Instant ReadyAt) : LeaseEvent;

/// <summary>Its window is over.</summary>
public sealed record LeaseCompleted(Instant At) : LeaseEvent;

/// <summary>The buyer gave it up.</summary>
/// <param name="At">When.</param>
/// <param name="Returned">The hours that can be sold again; null for none.</param>
public sealed record LeaseTerminated(Instant At, HourWindow? Returned) : LeaseEvent;

/// <summary>Its machine was not ready, or failed.</summary>
/// <param name="At">When.</param>
/// <param name="CreditedFrom">Use from then on is free; null if nothing was billed.</param>
/// <param name="Returned">The hours that are no longer leased; null for none.</param>
/// <param name="Failure">Why.</param>
/// <param name="Detail">What was reported, or how the machine failed in the other lease; null otherwise.</param>
/// <param name="Check">The re-check that the machine failed or got out of; null otherwise.</param>
/// <param name="Shortfall">What the buyer gets back of earlier hours for it; null for nothing.</param>
public sealed record LeaseFailed(
    Instant At,
    Instant? CreditedFrom,
    HourWindow? Returned,
    LeaseFailure Failure,
    string? Detail,
    FailedCheck? Check = null,
    Shortfall? Shortfall = null) : LeaseEvent;

/// <summary>Its machine passed a re-check.</summary>
public sealed record MachineProven(Instant At) : LeaseEvent;
