using System.CommandLine;
using Marketplace.BenchmarkWorker.Enrol;
using Marketplace.BenchmarkWorker.Meter;
using Marketplace.BenchmarkWorker.Output;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.BenchmarkWorker.Verify;
using Marketplace.Client;

namespace Marketplace.BenchmarkWorker.Serve;

/// <summary><c>serve</c>: proves whatever comes (listings, readiness, re-verification) and meters this machine's leases, until it is stopped.</summary>
internal static class ServeCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How often leases are looked at: an interval is five minutes, and its reading may come ten minutes late.</summary>
    private static readonly TimeSpan MeterEvery = TimeSpan.FromSeconds(15);

    public static Command Create()
    {
        var (api, keyFile, stateFile) = (CommandOptions.Api(), CommandOptions.KeyFile(), CommandOptions.StateFile());
        var (json, cores) = (CommandOptions.Json("Print one JSON object a line instead of text."), CommandOptions.Cores());
        var command = new Command("serve", "Proves whatever is asked of this machine and meters its leases, until it is stopped.") { api, keyFile, stateFile, json, cores };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var key = MachineKeyFile.Read(parsed.GetRequiredValue(keyFile));
            using var http = new HttpClient { BaseAddress = parsed.GetRequiredValue(api) };
            var server = Server.Of(http, key, TimeProvider.System);
            var events = new EventWriter(parsed.GetValue(json), TimeProvider.System, Console.Out);
            var meter = new LeaseMeter(server.Patient, key, new MeterStateFile(parsed.GetValue(stateFile)), MachineStart.Read);
            using var machine = ProvingMachine.Find(parsed.GetValue(cores));
            events.Serving($"{key.Machine} serves {http.BaseAddress}.");
            await ServeAsync(server, meter, machine, events, cancellationToken);
            events.Stopped();
            return ExitCodes.Passed;
        });
        return command;
    }

    // Proving and metering fail apart: a proof that can't be done must not cost the provider the readings of a running lease.
    private static async Task ServeAsync(Server server, LeaseMeter meter, ProvingMachine machine, EventWriter events, CancellationToken cancellationToken)
    {
        long? metered = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            var proven = await TryAsync(() => ProveAsync(server, machine, events, cancellationToken), events, cancellationToken);
            if (metered is null || TimeProvider.System.GetElapsedTime(metered.Value) >= MeterEvery)
            {
                metered = TimeProvider.System.GetTimestamp();
                await TryAsync(() => MeterAsync(meter, events, cancellationToken), events, cancellationToken);
            }

            if (proven == 0) await TryAsync(() => PauseAsync(cancellationToken), events, cancellationToken);
        }
    }

    private static async Task<int> TryAsync(Func<Task<int>> step, EventWriter events, CancellationToken cancellationToken)
    {
        try
        {
            return await step();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped.
        }
        catch (Exception fault) when (fault is ServerUnreachableException or ProblemException or NotSupportedException or InvariantException)
        {
            // The server is away or refuses for now, or this machine can't do what is asked; a machine that serves goes on asking.
            events.Fault(fault.Message);
        }

        return 0;
    }

    private static async Task<int> MeterAsync(LeaseMeter meter, EventWriter events, CancellationToken cancellationToken)
    {
        var batches = await meter.TurnAsync(null, cancellationToken);
        foreach (var batch in batches) events.Metered(batch);
        return batches.Count;
    }

    private static async Task<int> PauseAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Pause, cancellationToken);
        return 0;
    }

    private static async Task<int> ProveAsync(Server server, ProvingMachine machine, EventWriter events, CancellationToken cancellationToken)
    {
        var open = await server.Patient.ListMachineVerificationsAsync(cancellationToken);
        foreach (var item in open.Items)
        {
            events.Proving(item);
            using var prover = new Prover(server, machine, TimeProvider.System, new ConsoleProgress(item.VerificationId));
            events.Verdict(await prover.ProveAsync(item.VerificationId, cancellationToken));
        }

        return open.Items.Count;
    }
}
