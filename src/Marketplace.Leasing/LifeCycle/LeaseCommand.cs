using Marketplace.Leasing.Recheck;
using NodaTime;

namespace Marketplace.Leasing.LifeCycle;

/// <summary>What a lease may be asked to do.</summary>
public abstract record LeaseCommand;

/// <summary>Its window has begun: have the machine prove that it is ready.</summary>
public sealed record Begin(VerificationId VerificationId, Duration TimeToProve) : LeaseCommand;

/// <summary>The readiness proof has ended.</summary>
/// <param name="VerificationId">The proof.</param>
/// <param name="Passed">Whether the machine is ready.</param>
/// <param name="CompletedAt">When it ended.</param>
/// <param name="NextVerificationId">Names the next proof, should there be one.</param>
public sealed record RecordReadiness(VerificationId VerificationId, bool Passed, Instant CompletedAt, VerificationId NextVerificationId) : LeaseCommand;

/// <summary>The time for the readiness proof is over.</summary>
public sealed record GiveUpReadiness(VerificationId VerificationId) : LeaseCommand;

/// <summary>Its window is over.</summary>
public sealed record Finish : LeaseCommand;

/// <summary>The buyer gives it up.</summary>
public sealed record Terminate : LeaseCommand;

/// <summary>The machine failed in another lease of the same hours.</summary>
public sealed record FailWithMachine(MachineFailure Failure) : LeaseCommand;

/// <summary>The provider or an operator reports that the machine failed.</summary>
/// <param name="Detail">What happened.</param>
/// <param name="Check">The re-check that the provider knew of when it reported; null where there was none, or an operator reports.</param>
public sealed record Fail(string Detail, FailedCheck? Check = null) : LeaseCommand;

/// <summary>The machine passed a re-check.</summary>
public sealed record NoteProof(Instant At) : LeaseCommand;

/// <summary>The machine failed a re-check.</summary>
public sealed record FailRecheck(FailedCheck Check, Instant At) : LeaseCommand;
