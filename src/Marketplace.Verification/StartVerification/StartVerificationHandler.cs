using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Verification.ExpireVerification;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;

namespace Marketplace.Verification.StartVerification;

/// <summary>Hands out the seeds of a part and starts the clock. Repeating an attempt gives the same seeds; the clock does not start again.</summary>
public sealed class StartVerificationHandler(Workspace workspace, IEntropy entropy, TimeProvider time)
{
    /// <summary>Starts an attempt.</summary>
    public async Task<Result<StartedVerification, StartVerificationRefusal>> HandleAsync(StartVerification command, CancellationToken cancellationToken)
    {
        var attempt = await workspace.AttemptAsync<StartVerification, StartedVerification, StartVerificationRefusal>(
            VerificationRows.Of(command.MachineId),
            IdempotencyKey.Of($"start:{command.VerificationId}:{command.Part}:{command.Attempt}"),
            command,
            async work =>
            {
                var row = VerificationRows.Session(command.VerificationId);
                var session = await work.ReadAsync<VerificationSession>(row, cancellationToken);
                var seeds = new byte[ProofParameters.MaxDevices * SeedChain.Length];
                entropy.Fill(seeds);
                if (!StartVerificationDecision.Decide(session, command, seeds, time.Now()).TryGet(out var started, out var refusal)) return refusal;
                work.Put(row, started);
                if (command is { Part: 0, Attempt: 1 }) work.Send(new VerificationDue(started.MachineId, started.Id), started.ExpiresAt);
                var part = started.Part;
                return new StartedVerification(command.Part, part.Attempt, part.Parameters, part.Challenge!.Seeds, started.ExpiresAt);
            },
            cancellationToken);
        return attempt.Result;
    }
}
