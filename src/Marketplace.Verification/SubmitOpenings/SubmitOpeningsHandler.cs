using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Verification.Certificates;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;

namespace Marketplace.Verification.SubmitOpenings;

/// <summary>
/// Checks the proof and ends the session. A failure is reported at once; a pass is reported by the commit that publishes the
/// certificate, so that nothing relies on a certificate that cannot be read yet.
/// </summary>
public sealed class SubmitOpeningsHandler(Workspace workspace, IIdSource ids, ICertificateSigner signer, TimeProvider time)
{
    /// <summary>Takes the openings and gives the ended session. Repeated openings give the first verdict.</summary>
    public async Task<Result<VerificationSession, SubmitOpeningsRefusal>> HandleAsync(SubmitOpenings command, CancellationToken cancellationToken)
    {
        var attempt = await workspace.AttemptAsync<object, VerificationSession, SubmitOpeningsRefusal>(
            VerificationRows.Of(command.MachineId),
            IdempotencyKey.Of($"openings:{command.VerificationId}"),
            new { command.Openings },
            async work =>
            {
                var session = await work.ReadAsync<VerificationSession>(VerificationRows.Session(command.VerificationId), cancellationToken);
                var now = time.Now();
                if (SubmitOpeningsDecision.Refuse(session, now) is { } refusal) return refusal;
                var ended = SubmitOpeningsDecision.Judge(session!, Check(session!, command.Openings), ids.Next<CertificateKind>(), now);
                return await work.PutEndedAsync(ended, signer, cancellationToken);
            },
            cancellationToken);
        return attempt.KeyReused ? SubmitOpeningsRefusal.Ended : attempt.Result;
    }

    private static ProofOutcome Check(VerificationSession session, IReadOnlyList<RoundOpening> openings)
    {
        var (challenge, answer) = (session.Challenge!, session.Answer!);
        var drawn = TileDraw.Draw(challenge.Parameters, answer.DrawEntropy);
        return ProofCheck.Check(challenge.Parameters, challenge.Seed, answer.Roots, drawn, openings);
    }
}
