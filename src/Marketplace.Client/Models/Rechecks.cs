namespace Marketplace.Client.Models;

/// <summary>A window in which machines of a provider are verified again, all at once.</summary>
/// <param name="WindowId">Its id: the subject of its verifications.</param>
/// <param name="ProviderId">Whose machines.</param>
/// <param name="Cause"><c>drawn</c>, <c>expiring</c>, <c>ordered</c> or <c>repeated</c>.</param>
/// <param name="Try">1 at first; where not all pass, up to two windows more decide.</param>
/// <param name="AnnouncedAt">When the machines could know of it.</param>
/// <param name="OpensAt">When every machine must begin, half a second late at most.</param>
/// <param name="ClosesAt">By when every machine must be done.</param>
/// <param name="State"><c>open</c>, <c>passed</c>, <c>repeated</c> (another window decides) or <c>failed</c>.</param>
/// <param name="HoldsTogether">
/// Whether the machines that pass by themselves do so together: their work over the time from the first start to the last end reaches the
/// accepted part of their claims. Null while the window is open.
/// </param>
/// <param name="Machines">The machines.</param>
/// <param name="DecidedAt">When it was decided; null before.</param>
public sealed record RecheckWindowModel(
    string WindowId,
    string ProviderId,
    string Cause,
    int Try,
    string AnnouncedAt,
    string OpensAt,
    string ClosesAt,
    string State,
    bool? HoldsTogether,
    IReadOnlyList<RecheckedMachineModel> Machines,
    string? DecidedAt);

/// <summary>A machine in such a window.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="VerificationId">Its verification.</param>
/// <param name="GpuCount">GPUs that must prove: the most that it offers in any hour.</param>
/// <param name="Claim">What each must prove: the most that any of its listings claims. Of a leased machine rates only.</param>
/// <param name="IsLeased">Whether it serves a lease meanwhile.</param>
/// <param name="Passed">Whether it passed, by itself and with the others; null while the window is open.</param>
/// <param name="Failure">Why not: <c>notCompleted</c>, <c>proofInvalid</c> or <c>belowClaim</c>; null otherwise.</param>
/// <param name="Proven">What it proved per GPU; null where nothing.</param>
public sealed record RecheckedMachineModel(
    string MachineId, string VerificationId, int GpuCount, CapacityModel Claim, bool IsLeased, bool? Passed, string? Failure, CapacityModel? Proven);
