namespace Marketplace.Client.Models;

/// <summary>A lease, for its buyer and its provider.</summary>
/// <param name="LeaseId">Its id.</param>
/// <param name="TradeId">The trade that made it.</param>
/// <param name="ModelId">The GPU class.</param>
/// <param name="HubId">The hub.</param>
/// <param name="ListingId">The listing.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="BuyerId">Who leases.</param>
/// <param name="ProviderId">Who is paid: whose machine it is, or the buyer of the lease that the hours were bought from.</param>
/// <param name="GpuCount">GPUs leased.</param>
/// <param name="Window">The hours.</param>
/// <param name="Price">The price.</param>
/// <param name="Proven">What the listing had proven, per GPU.</param>
/// <param name="State"><c>scheduled</c>, <c>preparing</c>, <c>active</c>, <c>completed</c>, <c>terminated</c> or <c>failed</c>.</param>
/// <param name="VerificationId">The readiness proof; null before its window.</param>
/// <param name="ReadinessDeadline">By when that proof must be there; null before its window.</param>
/// <param name="ReadyAt">From when use is billed; null if never.</param>
/// <param name="EndedAt">When it ended; null while it has not.</param>
/// <param name="CreditedFrom">Use from then on is free, because the machine failed; null otherwise.</param>
/// <param name="Failure"><c>readinessFailed</c>, <c>readinessTimedOut</c>, <c>neverStarted</c>, <c>reported</c>, <c>machineFailed</c> or <c>recheckFailed</c>; null otherwise.</param>
/// <param name="FailureDetail">What was reported, or how the machine failed in another lease of the same hours; null otherwise.</param>
/// <param name="ResoldLeaseId">The lease whose hours these are, sold on by its buyer; null where a provider sold them.</param>
/// <param name="ProvenAt">When its machine last passed a re-check; null if it has passed only the proof at the start.</param>
/// <param name="Shortfall">What its buyer gets back of earlier hours, because the machine failed a re-check; null for nothing.</param>
public sealed record LeaseModel(
    string LeaseId,
    string TradeId,
    string ModelId,
    string HubId,
    string ListingId,
    string MachineId,
    string BuyerId,
    string ProviderId,
    int GpuCount,
    WindowModel Window,
    UnitPriceModel Price,
    CapacityModel Proven,
    string State,
    string? VerificationId,
    string? ReadinessDeadline,
    string? ReadyAt,
    string? EndedAt,
    string? CreditedFrom,
    string? Failure,
    string? FailureDetail,
    string? ResoldLeaseId,
    string? ProvenAt = null,
    ShortfallModel? Shortfall = null);

/// <summary>The part of a lease's cost that its buyer gets back by credit note or refund, because its machine proved less than was sold.</summary>
/// <param name="From">Start of the first hour it is of: that of the last passed proof.</param>
/// <param name="To">Start of the hour after the last: that in which the machine failed, which is free.</param>
/// <param name="BasisPoints">The part, in ten-thousandths: 1 to 10,000.</param>
public sealed record ShortfallModel(string From, string To, int BasisPoints);

/// <summary>Reports that a lease's machine failed.</summary>
/// <param name="Reason">What happened, for the buyer: 1 to 500 characters.</param>
public sealed record FailLeaseRequest(string? Reason);

/// <summary>A lease that a machine has to meter.</summary>
/// <param name="LeaseId">The lease.</param>
/// <param name="GpuCount">GPUs leased.</param>
/// <param name="Window">The hours.</param>
/// <param name="ReadyAt">From when use is billed.</param>
public sealed record MachineLeaseModel(string LeaseId, int GpuCount, WindowModel Window, string ReadyAt);

/// <summary>A machine's leases.</summary>
/// <param name="Items">Those that it has to meter now.</param>
/// <param name="NextStartsAt">When the next one begins, for which it will have to prove that it is ready; null where none is to come.</param>
public sealed record MachineLeasesModel(IReadOnlyList<MachineLeaseModel> Items, string? NextStartsAt);
