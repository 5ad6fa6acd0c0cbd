using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Verification.Certificates;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;

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
            new RecheckAnswer(outcome.Failure is null, outcome.Failure, outcome.Proven, outcome.CertificateId, WorkOf(session, outcome), outcome.CompletedAt));
    }

    // One interval per figure; sessions of several parts name each.
    private static IReadOnlyList<ProvenWork> WorkOf(VerificationSession session, SessionOutcome outcome) =>
        outcome.Proven is { } proven && session is { Challenge: { } challenge, Answer: { } answer }
            ? [new ProvenWork(
                "int8",
                session.Claim.Int8Gops * session.GpuCount,
                proven.Int8Gops * session.GpuCount,
                session.AcceptedFraction,
                challenge.StartedAt,
                answer.ReceivedAt)]
            : [];
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
