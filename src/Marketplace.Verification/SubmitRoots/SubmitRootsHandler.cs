using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;

namespace Marketplace.Verification.SubmitRoots;

/// <summary>
/// Stops the clock, keeps the roots and only then draws the units to open. The same roots again give the same units, so nobody can
/// draw until they suit.
/// </summary>
public sealed class SubmitRootsHandler(Workspace workspace, IEntropy entropy, TimeProvider time)
{
    /// <summary>Takes the roots of an attempt.</summary>
    public async Task<Result<ChallengedVerification, SubmitRootsRefusal>> HandleAsync(SubmitRoots command, CancellationToken cancellationToken)
    {
        var receivedAt = time.Now();
        var attempt = await workspace.AttemptAsync<object, ChallengedVerification, SubmitRootsRefusal>(
            VerificationRows.Of(command.MachineId),
            IdempotencyKey.Of($"roots:{command.VerificationId}:{command.Part}:{command.Attempt}"),
            // What the machine says about itself may differ when a restarted worker submits the same roots again.
            new { command.Roots },
            async work =>
            {
                var row = VerificationRows.Session(command.VerificationId);
                var session = await work.ReadAsync<VerificationSession>(row, cancellationToken);
                var drawEntropy = new byte[UnitDraw.EntropyLength];
                entropy.Fill(drawEntropy);
                if (!SubmitRootsDecision.Decide(session, command, drawEntropy, receivedAt).TryGet(out var challenged, out var refusal)) return refusal;
                work.Put(row, challenged);

                // Read so that nothing but this commit can have put it.
                var evidence = VerificationRows.Evidence(command.VerificationId, command.Part);
                _ = await work.ReadAsync<PartEvidence>(evidence, cancellationToken);
                work.Put(evidence, new PartEvidence(command.Roots, null));
                return new ChallengedVerification(UnitDraw.Draw(challenged.Part.Parameters, drawEntropy));
            },
            cancellationToken);
        return attempt.KeyReused ? SubmitRootsRefusal.OtherRootsSubmitted : attempt.Result;
    }
}
