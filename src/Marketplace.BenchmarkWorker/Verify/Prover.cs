using System.Diagnostics;
using System.Globalization;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Client;
using Marketplace.Client.Models;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Verify;

/// <summary>
/// Takes one verification to its verdict. It goes by what the server says at each turn, so it can take over from a worker that was
/// killed and go on with a server that was: an attempt whose roots did not arrive is begun anew, and roots that did are computed
/// again from the same seed to open them.
/// </summary>
/// <param name="server">The marketplace, as this machine.</param>
/// <param name="machine">What proves.</param>
/// <param name="time">Times the pauses.</param>
/// <param name="progress">Told how far a proof is; null for nobody.</param>
internal sealed class Prover(Server server, ProvingMachine machine, TimeProvider time, IProgress<ProofProgress>? progress) : IDisposable
{
    /// <summary>A start that took longer may have started the server's clock long before its answer came.</summary>
    private static readonly TimeSpan SlowStart = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private ProofRun? run;
    private (int Part, int Attempt)? done;

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
                        Prepare(verification.Parts[verification.Part].Protocol.ToParameters(), verification);
                        await WaitForOpeningAsync(verification, cancellationToken);
                        await AttemptAsync(verification, cancellationToken);
                        break;
                    case "challenged":
                        await OpenAsync(verification, cancellationToken);
                        break;
                    default:
                        return verification;
                }
            }
            catch (Exception lost) when (IsLost(lost))
            {
                // Read where the verification stands, and go on from there.
                await Task.Delay(Pause, time, cancellationToken);
            }
            catch (ProblemException missed) when (missed.Code == "verification_window_missed")
            {
                // It ends by itself, and another window may follow.
                await Task.Delay(Pause, time, cancellationToken);
                return verification;
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

    private async Task AttemptAsync(VerificationModel verification, CancellationToken cancellationToken)
    {
        var attempt = verification.Attempt + 1;
        var clock = Stopwatch.StartNew();
        var started = await server.Impatient.StartVerificationAsync(verification.VerificationId, verification.Part, attempt, cancellationToken);
        if (clock.Elapsed > SlowStart && attempt < MostSlowStarts) return;
        await ComputeAsync(started, verification, cancellationToken);
        var challenge = await server.Impatient.SubmitRootsAsync(verification.VerificationId, verification.Part, Roots(), cancellationToken);
        await OpenAsync(verification.VerificationId, challenge, cancellationToken);
    }

    // Slow answers may be the rule here; then waiting for a quick one would use up all attempts.
    private const int MostSlowStarts = 3;

    private async Task OpenAsync(VerificationModel verification, CancellationToken cancellationToken)
    {
        if (done != (verification.Part, verification.Attempt))
        {
            var again = await server.Patient.StartVerificationAsync(verification.VerificationId, verification.Part, verification.Attempt, cancellationToken);
            await ComputeAsync(again, verification, cancellationToken);
        }

        var challenge = await server.Patient.SubmitRootsAsync(verification.VerificationId, verification.Part, Roots(), cancellationToken);
        await OpenAsync(verification.VerificationId, challenge, cancellationToken);
    }

    private async Task OpenAsync(string verificationId, ChallengeModel challenge, CancellationToken cancellationToken)
    {
        var openings = run!.Open([.. challenge.Units.Select(unit => new UnitAddress(unit.Device, unit.Round, unit.Unit))]);
        await server.Patient.SubmitOpeningsAsync(verificationId, challenge.Part, new SubmitOpeningsRequest(Convert.ToBase64String(openings)), cancellationToken);
    }

    private SubmitRootsRequest Roots() => new(done!.Value.Attempt, Convert.ToBase64String(run!.Roots), machine.FactsWith(run));

    /// <summary>Everything that must not count as time: buffers, compiled code, the self-test.</summary>
    private ProofRun Prepare(ProofParameters parameters, VerificationModel verification)
    {
        if (run?.Parameters == parameters) return run;
        run?.Dispose();
        run = null;
        return run = machine.Prepare(parameters, verification.ModelId);
    }

    // On another thread, so that the caller's may wait; the devices have threads of their own.
    private async Task ComputeAsync(StartedVerificationModel started, VerificationModel verification, CancellationToken cancellationToken)
    {
        done = null;
        var part = Prepare(started.Protocol.ToParameters(), verification);
        var rounds = part.Parameters.Rounds * part.Parameters.Devices;
        var seeds = Convert.FromBase64String(started.Seeds);
        await Task.Run(() => part.Complete(seeds, round => progress?.Report(new ProofProgress(part.Parameters.Workload.Name(), round, rounds)), cancellationToken), cancellationToken);
        done = (started.Part, started.Attempt);
    }

    /// <inheritdoc/>
    public void Dispose() => run?.Dispose();

    private static bool IsLost(Exception fault) => fault is ServerUnreachableException
        || fault is ProblemException { Code: "unavailable" or "internal_error" or "verification_attempt_out_of_order" or "verification_attempt_superseded" or "verification_too_many_attempts" or "verification_part_out_of_order" or "verification_already_challenged" or "verification_not_open_yet" };
}

/// <summary>How far a proof is.</summary>
/// <param name="Workload">What is done.</param>
/// <param name="Round">Rounds done, over all devices.</param>
/// <param name="Rounds">Rounds to do.</param>
internal readonly record struct ProofProgress(string Workload, int Round, int Rounds);
