using System.Security.Cryptography;
using Marketplace.BenchmarkWorker.Enrol;
using Marketplace.BenchmarkWorker.Meter;
using Marketplace.BenchmarkWorker.Output;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.BenchmarkWorker.Verify;
using Marketplace.Client;

namespace Marketplace.BenchmarkWorker.Serve;

/// <summary>
/// Proves whatever comes and meters leases, turn by turn. Proving and metering fail apart: a proof that can't be done must not cost the
/// provider the readings of a running lease.
/// </summary>
/// <param name="server">The marketplace, as this machine.</param>
/// <param name="key">The machine's key.</param>
/// <param name="meter">Meters the leases.</param>
/// <param name="machine">What proves.</param>
/// <param name="rhythm">When the marketplace is asked.</param>
/// <param name="time">Times the pauses.</param>
/// <param name="events">Told what happens.</param>
internal sealed class ServeLoop(
    Server server, KeyInUse key, LeaseMeter meter, ProvingMachine machine, AskRhythm rhythm, TimeProvider time, EventWriter events)
{
    /// <summary>
    /// How often leases are looked at, at most, and with them when the next one begins: an interval is five minutes, and usage is closed ten
    /// minutes after the end of a lease.
    /// </summary>
    public static readonly TimeSpan MeterEvery = TimeSpan.FromMinutes(1);

    private readonly HashSet<string> cannot = [];
    private long? metered;

    /// <summary>Goes on until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await TryAsync(TakeUpKey, cancellationToken);
            await TryAsync(() => ProveAsync(cancellationToken), cancellationToken);
            if (metered is null || time.GetElapsedTime(metered.Value) >= MeterEvery)
            {
                metered = time.GetTimestamp();
                await TryAsync(() => MeterAsync(cancellationToken), cancellationToken);
            }

            await TryAsync(() => Task.Delay(rhythm.Next(), time, cancellationToken), cancellationToken);
        }
    }

    private async Task TryAsync(Func<Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await step();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped.
        }
        catch (Exception fault) when (fault is ServerUnreachableException or ProblemException)
        {
            // The server is away or refuses for now; a machine that serves goes on asking.
            events.Fault(fault.Message);
        }
    }

    // What can't be read now is looked at again at the next turn.
    private Task TakeUpKey()
    {
        try
        {
            if (key.Refresh()) events.Rekeyed($"Goes on with key {key.Current.Enrolment}.");
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or CryptographicException or InvalidOperationException)
        {
            events.Fault(unusable.Message);
        }

        return Task.CompletedTask;
    }

    private async Task MeterAsync(CancellationToken cancellationToken)
    {
        var batches = await meter.TurnAsync(null, cancellationToken);
        rhythm.Expect(meter.NextStartsIn);
        foreach (var batch in batches) events.Metered(batch);
    }

    private async Task ProveAsync(CancellationToken cancellationToken)
    {
        var open = (await server.Patient.ListMachineVerificationsAsync(cancellationToken)).Items.Where(item => !cannot.Contains(item.VerificationId)).ToList();
        foreach (var item in open)
        {
            events.Proving(item);
            using var prover = new Prover(server, machine, time, new ConsoleProgress(item.VerificationId));
            try
            {
                events.Verdict(await prover.ProveAsync(item.VerificationId, cancellationToken));
            }
            catch (Exception fault) when (fault is NotSupportedException or InvariantException)
            {
                // This machine can't do what is asked, and won't a second later.
                cannot.Add(item.VerificationId);
                events.Fault($"{item.VerificationId}: {fault.Message}");
            }
            finally
            {
                rhythm.Proved();
            }
        }
    }
}
