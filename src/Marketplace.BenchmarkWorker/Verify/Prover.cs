using System.Diagnostics;
using System.Globalization;
using Marketplace.BenchmarkWorker.Kernels;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.BenchmarkWorker.Report;
using Marketplace.Client;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;

namespace Marketplace.BenchmarkWorker.Verify;

/// <summary>
/// Takes one verification to its verdict. It goes by what the server says at each turn, so it can take over from a worker that was
/// killed and go on with a server that was: an attempt whose roots did not arrive is begun anew, and roots that did are computed
/// again from the same seed to open them.
/// </summary>
internal sealed class Prover(Server server, int cores, TimeProvider time, IProgress<ProofProgress>? progress)
{
    /// <summary>A start that took longer may have started the server's clock long before its answer came.</summary>
    private static readonly TimeSpan SlowStart = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private readonly ReportedFactsModel facts = HostFacts.Read(cores);
    private RoundEngine? engine;
    private (int Attempt, ProofRun Run)? done;

    /// <summary>Proves until there is a verdict.</summary>
    /// <exception cref="ProblemException">The server refuses for good.</exception>
    /// <exception cref="ServerUnreachableException">The server stayed away.</exception>
    public async Task<VerificationModel> ProveAsync(string verificationId, CancellationToken cancellationToken)
    {
        done = null;
        while (true)
        {
            var verification = await server.Patient.GetMachineVerificationAsync(verificationId, cancellationToken);
            try
            {
                switch (verification.State)
                {
                    case "awaiting" or "started":
                        WarmUp(verification);
                        await WaitForOpeningAsync(verification, cancellationToken);
                        if (await AttemptAsync(verification, cancellationToken) is { } verdict) return verdict;
                        break;
                    case "challenged":
                        return await OpenAsync(verification, cancellationToken);
                    default:
                        return verification;
                }
            }
            catch (Exception lost) when (IsLost(lost))
            {
                // Read where the verification stands, and go on from there.
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    // The machines of a window begin at one instant of the server's clock, so that is what is asked. A request takes its time: half of it there.
    private async Task WaitForOpeningAsync(VerificationModel verification, CancellationToken cancellationToken)
    {
        if (verification.OpensAt is not { } opensAt) return;
        var asked = Stopwatch.StartNew();
        var now = DateTimeOffset.Parse((await server.Patient.GetTimeAsync(cancellationToken)).Now, CultureInfo.InvariantCulture);
        var wait = DateTimeOffset.Parse(opensAt, CultureInfo.InvariantCulture) - now - (asked.Elapsed / 2);
        if (wait > TimeSpan.Zero) await Task.Delay(wait, time, cancellationToken);
    }

    private async Task<VerificationModel?> AttemptAsync(VerificationModel verification, CancellationToken cancellationToken)
    {
        var attempt = verification.Attempt + 1;
        var clock = Stopwatch.StartNew();
        var started = await server.Impatient.StartVerificationAsync(verification.VerificationId, attempt, cancellationToken);
        if (clock.Elapsed > SlowStart && attempt < MostSlowStarts) return null;
        done = (attempt, Compute(started, cancellationToken));
        var challenge = await server.Impatient.SubmitRootsAsync(verification.VerificationId, Roots(), cancellationToken);
        return await OpenAsync(verification.VerificationId, challenge, cancellationToken);
    }

    // Slow answers may be the rule here; then waiting for a quick one would use up all attempts.
    private const int MostSlowStarts = 4;

    private async Task<VerificationModel> OpenAsync(VerificationModel verification, CancellationToken cancellationToken)
    {
        if (done?.Attempt != verification.Attempt)
        {
            var again = await server.Patient.StartVerificationAsync(verification.VerificationId, verification.Attempt, cancellationToken);
            done = (verification.Attempt, Compute(again, cancellationToken));
        }

        var challenge = await server.Patient.SubmitRootsAsync(verification.VerificationId, Roots(), cancellationToken);
        return await OpenAsync(verification.VerificationId, challenge, cancellationToken);
    }

    private Task<VerificationModel> OpenAsync(string verificationId, ChallengeModel challenge, CancellationToken cancellationToken)
    {
        var openings = done!.Value.Run.Open(challenge.Tiles.Select(tile => new TileAddress(tile.Round, tile.Row, tile.Column)));
        return server.Patient.SubmitOpeningsAsync(verificationId, openings.ToRequest(), cancellationToken);
    }

    private SubmitRootsRequest Roots() => new(done!.Value.Attempt, Convert.ToBase64String(done.Value.Run.Roots), facts);

    /// <summary>Everything that must not count as time: buffers, compiled code, the kernel's self-test.</summary>
    private void WarmUp(VerificationModel verification)
    {
        var purpose = Enum.Parse<VerificationPurpose>(verification.Purpose, ignoreCase: true);
        var size = ProofPlan.For(purpose, Math.Max(1, verification.ClaimedInt8Gops * verification.GpuCount)).Size;
        if (engine is null) SelfTest.Run(Int8Kernel.Best);
        EngineOf(size).Run(new byte[SeedChain.Length], new ulong[size / Int8Kernel.Block * (size / Int8Kernel.Block)]);
    }

    private RoundEngine EngineOf(int size)
    {
        if (engine?.Size != size) engine = new RoundEngine(Int8Kernel.Best, size, cores);
        return engine;
    }

    private ProofRun Compute(StartedVerificationModel started, CancellationToken cancellationToken)
    {
        var parameters = started.ToParameters();
        return ProofRun.Complete(
            EngineOf(parameters.Size),
            parameters,
            Convert.FromBase64String(started.Seed),
            round => progress?.Report(new ProofProgress(round, parameters.Rounds)),
            cancellationToken);
    }

    private static bool IsLost(Exception fault) => fault is ServerUnreachableException
        || fault is ProblemException { Code: "unavailable" or "internal_error" or "verification_attempt_out_of_order" or "verification_attempt_superseded" or "verification_already_challenged" or "verification_not_open_yet" };
}

/// <summary>How far a proof is.</summary>
/// <param name="Round">Rounds done.</param>
/// <param name="Rounds">Rounds to do.</param>
internal readonly record struct ProofProgress(int Round, int Rounds);
