using System.CommandLine;
using Marketplace.BenchmarkWorker.Enrol;
using Marketplace.BenchmarkWorker.Verify;

namespace Marketplace.BenchmarkWorker.Meter;

/// <summary><c>meter</c>: reports, once, what this machine's leases used up to now, signed with its key. <c>serve</c> does so all the time.</summary>
internal static class MeterCommand
{
    public static Command Create()
    {
        var (api, keyFile, stateFile) = (CommandOptions.Api(), CommandOptions.KeyFile(), CommandOptions.StateFile());
        var only = new Option<string?>("--lease") { Description = "Only this lease; all that run unless given." };
        var command = new Command("meter", "Reports what the running leases of this machine used up to now. Safe to repeat.") { api, keyFile, only, stateFile };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var key = MachineKeyFile.Read(parsed.GetRequiredValue(keyFile));
            using var http = new HttpClient { BaseAddress = parsed.GetRequiredValue(api) };
            var client = Server.Of(http, key, TimeProvider.System).Patient;
            var meter = new LeaseMeter(client, () => key, new MeterStateFile(parsed.GetValue(stateFile)), MachineStart.Read);
            var batches = await meter.TurnAsync(parsed.GetValue(only), cancellationToken);
            foreach (var batch in batches) Console.WriteLine(TextOf(batch));
            if (batches.Count == 0) Console.WriteLine(meter.HasLeases ? "Nothing to report yet." : "No lease runs on this machine.");
            return batches.Count > 0 || meter.HasLeases ? ExitCodes.Passed : ExitCodes.Nothing;
        });
        return command;
    }

    /// <summary>A batch for people.</summary>
    public static string TextOf(MeteredBatch batch) =>
        $"{batch.LeaseId}: {batch.Accepted} of {batch.Readings} readings accepted, {batch.From} to {batch.To}.";
}
