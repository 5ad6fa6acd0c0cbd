using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Verification.Certificates;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;

namespace Marketplace.Verification.SubmitOpenings;

/// <summary>
/// Checks the proof of a part; after the last part, or at a fault, the session ends. A failure is reported at once; a pass is reported by the commit that publishes the
/// certificate, so that nothing relies on a certificate that cannot be read yet.
/// </summary>
public sealed class SubmitOpeningsHandler(Workspace workspace, IIdSource ids, ICertificateSigner signer, TimeProvider time)
{
    /// <summary>Takes the openings and gives the session: ended, or awaiting its next part. Repeated openings give the first answer.</summary>
    public async Task<Result<VerificationSession, SubmitOpeningsRefusal>> HandleAsync(SubmitOpenings command, CancellationToken cancellationToken)
    {
        var attempt = await workspace.AttemptAsync<object, VerificationSession, SubmitOpeningsRefusal>(
            VerificationRows.Of(command.MachineId),
            IdempotencyKey.Of($"openings:{command.VerificationId}:{command.Part}"),
            new { command.Openings },
            async work =>
            {
                var row = VerificationRows.Session(command.VerificationId);
                var session = await work.ReadAsync<VerificationSession>(row, cancellationToken);
                var now = time.Now();
                if (SubmitOpeningsDecision.Refuse(session, command, now) is { } refusal) return refusal;
                var evidenceRow = VerificationRows.Evidence(command.VerificationId, command.Part);
                var evidence = await work.ReadAsync<PartEvidence>(evidenceRow, cancellationToken);
                InvariantException.Require(evidence is not null, "A challenged part has its roots.");
                evidence = evidence with { Openings = command.Openings };
                var judged = SubmitOpeningsDecision.Judge(session!, Check(session!.Part, evidence), evidence.Hash(), ids.Next<CertificateKind>(), now);
                work.Put(evidenceRow, evidence);
                if (judged.HasEnded) return await work.PutEndedAsync(judged, signer, cancellationToken);
                work.Put(row, judged);
                return judged;
            },
            cancellationToken);
        return attempt.KeyReused ? SubmitOpeningsRefusal.Ended : attempt.Result;
    }

    private static ProofOutcome Check(SessionPart part, PartEvidence evidence) => ProofCheck.Check(
        part.Parameters, part.Challenge!.Seeds, evidence.Roots, UnitDraw.Draw(part.Parameters, part.Answer!.DrawEntropy), evidence.Openings);
}
