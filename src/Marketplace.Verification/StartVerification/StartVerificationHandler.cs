using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Verification.ExpireVerification;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;

namespace Marketplace.Verification.StartVerification;

/// <summary>Hands out the seed and starts the clock. Repeating an attempt gives the same seed; the clock does not start again.</summary>
public sealed class StartVerificationHandler(Workspace workspace, IEntropy entropy, TimeProvider time)
{
    /// <summary>Starts an attempt.</summary>
    public async Task<Result<StartedVerification, StartVerificationRefusal>> HandleAsync(StartVerification command, CancellationToken cancellationToken)
    {
        var attempt = await workspace.AttemptAsync<StartVerification, StartedVerification, StartVerificationRefusal>(
            VerificationRows.Of(command.MachineId),
            IdempotencyKey.Of($"start:{command.VerificationId}:{command.Attempt}"),
            command,
            async work =>
            {
                var row = VerificationRows.Session(command.VerificationId);
                var session = await work.ReadAsync<VerificationSession>(row, cancellationToken);
                var seed = new byte[SeedChain.Length];
                entropy.Fill(seed);
                if (!StartVerificationDecision.Decide(session, command, seed, time.Now()).TryGet(out var started, out var refusal)) return refusal;
                work.Put(row, started);
                if (command.Attempt == 1) work.Send(new VerificationDue(started.MachineId, started.Id), started.ExpiresAt);
                return new StartedVerification(started.Attempt, started.Challenge!.Parameters, seed, started.ExpiresAt);
            },
            cancellationToken);
        return attempt.Result;
    }
}
