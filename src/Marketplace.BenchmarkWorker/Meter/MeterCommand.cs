using System.CommandLine;
using Marketplace.BenchmarkWorker.Enrol;
using Marketplace.BenchmarkWorker.Verify;
using Marketplace.Client;
using Marketplace.Client.Models;

namespace Marketplace.BenchmarkWorker.Meter;

/// <summary><c>meter</c>: reports, once, what this machine's running leases used up to now, signed with its key.</summary>
internal static class MeterCommand
{
    public static Command Create()
    {
        var (api, keyFile) = (CommandOptions.Api(), CommandOptions.KeyFile());
        var only = new Option<string?>("--lease") { Description = "Only this lease; all that run unless given." };
        var command = new Command("meter", "Reports what the running leases of this machine used up to now. Safe to repeat.") { api, keyFile, only };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var key = MachineKeyFile.Read(parsed.GetRequiredValue(keyFile));
            using var http = new HttpClient { BaseAddress = parsed.GetRequiredValue(api) };
            var client = Server.Of(http, key, TimeProvider.System).Patient;
            var leases = (await client.ListMachineLeasesAsync(cancellationToken)).Items;
            var chosen = parsed.GetValue(only) is { } id ? leases.Where(lease => lease.LeaseId == id).ToList() : [.. leases];
            foreach (var lease in chosen) Console.WriteLine(await ReportAsync(client, key, lease, cancellationToken));
            if (chosen.Count == 0) Console.WriteLine("No lease runs on this machine.");
            return chosen.Count == 0 ? ExitCodes.Nothing : ExitCodes.Passed;
        });
        return command;
    }

    private static async Task<string> ReportAsync(
        MarketplaceClient client, MachineKeyFile key, MachineLeaseModel lease, CancellationToken cancellationToken)
    {
        var head = await client.GetReadingHeadAsync(lease.LeaseId, cancellationToken);
        var now = (await client.GetTimeAsync(cancellationToken)).Now;
        var readings = ReadingGrid.Due(lease.ReadyAt, lease.Window.To!, lease.GpuCount, head.NextSequence, now).Take(ReadingBatchFormat.MaxReadings).ToList();
        if (readings.Count == 0) return $"{lease.LeaseId}: nothing to report yet.";

        var batch = await client.SubmitReadingsAsync(
            LeaseId.Parse(lease.LeaseId), key.Enrolment, key.Key, head.LastBatchHash, readings, cancellationToken);
        var accepted = batch.Readings.Count(reading => reading.Outcome == "accepted");
        return $"{lease.LeaseId}: {accepted} of {readings.Count} readings accepted, {readings[0].From} to {readings[^1].To}.";
    }
}
