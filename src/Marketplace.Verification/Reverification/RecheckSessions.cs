using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Verification.Certificates;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using NodaTime;

namespace Marketplace.Verification.Reverification;

/// <summary>Sessions of windows: they report to their window, and one that passes by itself waits for its verdict.</summary>
internal static class RecheckSessions
{
    /// <summary>What a session's window is told of it.</summary>
    public static RecheckAnswered ToAnswered(this VerificationSession session)
    {
        var outcome = session.Outcome ?? throw new InvariantException($"{session.Id} has not ended.");
        return new RecheckAnswered(
            session.Provider,
            RecheckWindowId.Parse(session.Subject),
            session.MachineId,
            session.Id,
            new RecheckAnswer(outcome.Failure is null, outcome.Failure, outcome.Proven, outcome.CertificateId, WorkOf(session), outcome.CompletedAt));
    }

    /// <summary>
    /// How long after its window opens a part begins: at one instant for all machines, however many parts they have. Twice what the parts
    /// before take; a machine that is slower has failed one of them. Memory is the last, since that of a processor takes as long as it is large.
    /// </summary>
    public static Duration OffsetOf(Workload workload)
    {
        Workload[] order = [Workload.Bf16Tiles, Workload.Int8Tiles, Workload.Fp64Chains, Workload.MemoryPasses];
        var before = order.TakeWhile(part => part != workload).Sum(part => Between + (2 * ProofPlan.Seconds(VerificationPurpose.Recheck, part, isCpu: false)));
        return Duration.FromSeconds(before);
    }

    /// <summary>From a window's opening on, how long a machine needs at most that passes: until the end of its memory, at half of what it claims.</summary>
    public static Duration SpanOf(RecheckedMachine machine, GpuModel? model)
    {
        var claim = ProofPlan.WithBandwidth(machine.Claim, model);
        var memory = ProofPlan.For(VerificationPurpose.Recheck, claim, devices: 1, model).Where(part => part.Workload == Workload.MemoryPasses);
        return OffsetOf(Workload.MemoryPasses) + Duration.FromSeconds(2 * memory.Sum(part => ProofPlan.SecondsOf(part, claim)));
    }

    // Openings are sent and checked between parts.
    private const double Between = 5;

    private static IReadOnlyList<ProvenWork> WorkOf(VerificationSession session) =>
        [.. session.Parts.Where(part => part is { Proven: not null, Challenge: not null, Answer: not null }).Select(part => WorkOf(session, part))];

    private static ProvenWork WorkOf(VerificationSession session, SessionPart part)
    {
        var (figure, claimed, proven) = part.Parameters.Workload switch
        {
            Workload.Int8Tiles => ("int8", session.Claim.Int8Gops, part.Proven!.Int8Gops),
            Workload.Bf16Tiles => ("bf16", session.Claim.Bf16Gflops, part.Proven!.Bf16Gflops),
            Workload.Fp64Chains => ("fp64", session.Claim.Fp64Gflops, part.Proven!.Fp64Gflops),
            _ => ("memoryBandwidth", session.Claim.MemoryBandwidthMBps, part.Proven!.MemoryBandwidthMBps),
        };
        return new ProvenWork(
            figure, claimed * session.GpuCount, proven * session.GpuCount, session.AcceptedFraction, part.Challenge!.StartedAt, part.Answer!.ReceivedAt);
    }
}

/// <summary>Ends sessions that waited for the verdict of their window.</summary>
internal sealed class SettleRecheckHandler(Workspace workspace, ICertificateSigner signer, TimeProvider time) : IMessageHandler<SettleRecheck>
{
    public Task HandleAsync(SettleRecheck message, MessageContext context, CancellationToken cancellationToken) => workspace.HandleAsync(
        VerificationRows.Of(message.MachineId),
        context,
        async work =>
        {
            var row = VerificationRows.Session(message.VerificationId);
            if (await work.ReadAsync<VerificationSession>(row, cancellationToken) is not { State: SessionState.Held } held) return;
            var ended = message.Holds
                ? held with { State = SessionState.Passed }
                : held.Fail(message.Proven is null ? VerificationFailure.NotCompleted : VerificationFailure.BelowClaim, ProofFault.None, message.Proven, time.Now());
            work.Put(row, ended);
            if (message.Holds) work.Send(new CertificateIssued(CertificateDocument.Sign(ended, signer), ended.ToCompleted()));
            else work.Send(ended.ToCompleted());
        },
        cancellationToken);
}
