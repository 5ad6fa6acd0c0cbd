using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Marketplace.BenchmarkWorker.Enrol;
using Marketplace.BenchmarkWorker.Meter;
using Marketplace.BenchmarkWorker.Output;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.BenchmarkWorker.Verify;

namespace Marketplace.BenchmarkWorker.Serve;

/// <summary><c>serve</c>: proves whatever comes (listings, readiness, re-verification) and meters this machine's leases, until it is stopped.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var (api, keyFile, stateFile, pause) = (CommandOptions.Api(), CommandOptions.KeyFile(), CommandOptions.StateFile(), Pause());
        var (json, cores) = (CommandOptions.Json("Print one JSON object a line instead of text."), CommandOptions.Cores());
        var command = new Command("serve", "Proves whatever is asked of this machine and meters its leases, until it is stopped.") { api, keyFile, stateFile, pause, json, cores };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var key = new KeyInUse(parsed.GetRequiredValue(keyFile));
            using var http = new HttpClient { BaseAddress = parsed.GetRequiredValue(api) };
            var server = Server.Of(http, () => key.Current, TimeProvider.System);
            var events = new EventWriter(parsed.GetValue(json), TimeProvider.System, Console.Out);
            var meter = new LeaseMeter(server.Patient, () => key.Current, new MeterStateFile(parsed.GetValue(stateFile)), MachineStart.Read);
            using var machine = ProvingMachine.Find(parsed.GetValue(cores));
            var rhythm = new AskRhythm(TimeSpan.FromSeconds(parsed.GetValue(pause)), TimeProvider.System, Chance);
            events.Serving($"{key.Current.Machine} serves {http.BaseAddress}.");
            await new ServeLoop(server, key, meter, machine, rhythm, TimeProvider.System, events).RunAsync(cancellationToken);
            events.Stopped();
            return ExitCodes.Passed;
        });
        return command;
    }

    internal static Option<int> Pause()
    {
        var (shortest, longest) = ((int)AskRhythm.Shortest.TotalSeconds, (int)AskRhythm.Longest.TotalSeconds);
        var option = new Option<int>("--pause")
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"Seconds between two questions at most while nothing is expected: {shortest} to {longest}; {longest} unless given."),
            DefaultValueFactory = _ => longest,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < shortest || result.GetValueOrDefault<int>() > longest)
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"--pause is a whole number of seconds from {shortest} to {longest}."));
        });
        return option;
    }

    private static double Chance() => RandomNumberGenerator.GetInt32(1 << 20) / (double)(1 << 20);
}
