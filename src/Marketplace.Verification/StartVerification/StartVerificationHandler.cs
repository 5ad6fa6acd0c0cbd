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
        var attempt = await workspace.AttemptAsync<StartVerification, Begun, StartVerificationRefusal>(
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
                if (started.HasEnded)
                {
                    await work.PutEndedAsync(started, signer: null, cancellationToken);
                    return new Begun(null);
                }

                work.Put(row, started);
                if (command is { Part: 0, Attempt: 1 }) work.Send(new VerificationDue(started.MachineId, started.Id), started.ExpiresAt);
                var part = started.Part;
                return new Begun(new StartedVerification(command.Part, part.Attempt, part.Parameters, part.Challenge!.Seeds, started.ExpiresAt));
            },
            cancellationToken);
        if (!attempt.Result.TryGet(out var begun, out var refused)) return refused;
        return begun.Started is { } given ? given : StartVerificationRefusal.TooManyAttempts;
    }

    /// <summary>What a start brought about: null where it was one too many, which is refused and yet ends the session.</summary>
    private sealed record Begun(StartedVerification? Started);
}
