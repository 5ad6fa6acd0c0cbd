using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.BenchmarkWorker.Enrol;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.BenchmarkWorker.Rehearse;
using Marketplace.Client.Models;

namespace Marketplace.BenchmarkWorker.Verify;

/// <summary><c>verify</c>: proves what waits to be proven, once, and tells the verdict by the exit code.</summary>
internal static class VerifyCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public static Command Create()
    {
        var (api, keyFile, json, cores) = (CommandOptions.Api(), CommandOptions.KeyFile(), CommandOptions.Json(), CommandOptions.Cores());
        (api.Required, keyFile.Required) = (false, false);
        var only = new Option<string?>("--verification") { Description = "Only this verification; all that wait unless given." };
        var wait = new Option<int>("--wait") { Description = "Seconds to wait for something to prove; 0 unless given." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Without a server: the self-test, a short proof of each workload, and the rates it would give." };
        var sessions = new Option<int>("--sessions") { Description = "With --dry-run: proves int8 that often instead, and says how many would have passed." };
        var pairs = new Option<int>("--pairs") { Description = "With --dry-run: proves int8 that often instead, in turn with the bare kernel, and says how much of its rate is proven." };
        var size = new Option<int?>("--size") { Description = "With --pairs: M and N of the products, a multiple of 128 up to 8,192; what fits the processor unless given." };
        var command = new Command("verify", $"Proves what waits to be proven. Exit codes: {ExitCodes.Passed} all passed, {ExitCodes.Failed} one failed, {ExitCodes.Nothing} nothing to prove, {ExitCodes.Fault} fault.")
        {
            api, keyFile, only, wait, dryRun, sessions, pairs, size, json, cores,
        };
        command.Validators.Add(result =>
        {
            if (!result.GetValue(dryRun) && (result.GetValue(api) is null || result.GetValue(keyFile) is null))
                result.AddError("--api and --key are needed, or --dry-run.");
            if (result.GetValue(size) is { } n && (n is < 128 or > 8_192 || n % 128 != 0)) result.AddError("--size is a multiple of 128 from 128 to 8,192.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var machine = ProvingMachine.Find(parsed.GetValue(cores));
            if (parsed.GetValue(dryRun) && parsed.GetValue(pairs) is > 0 and var count) return DryRun.RunPairs(machine, count, parsed.GetValue(size), parsed.GetValue(json), cancellationToken);
            if (parsed.GetValue(dryRun)) return DryRun.Run(machine, parsed.GetValue(sessions), parsed.GetValue(json), cancellationToken);
            using var key = MachineKeyFile.Read(parsed.GetValue(keyFile)!);
            using var http = new HttpClient { BaseAddress = parsed.GetValue(api) };
            var server = Server.Of(http, key, TimeProvider.System);
            var limit = TimeProvider.System.GetTimestamp();
            var waiting = await WaitingAsync(server, parsed.GetValue(only), TimeSpan.FromSeconds(parsed.GetValue(wait)), limit, cancellationToken);
            var verdicts = new List<VerificationModel>();
            foreach (var id in waiting)
            {
                using var prover = new Prover(server, machine, TimeProvider.System, new ConsoleProgress(id));
                var verdict = await prover.ProveAsync(id, cancellationToken);
                while (verdict.State == "held")
                {
                    await Task.Delay(Pause, cancellationToken);
                    verdict = await server.Patient.GetMachineVerificationAsync(id, cancellationToken);
                }

                verdicts.Add(verdict);
                if (!parsed.GetValue(json)) Console.WriteLine(VerdictText.Of(verdict));
            }

            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(new Verdicts(verdicts), VerdictsJson.Default.Verdicts));
            else if (verdicts.Count == 0) Console.WriteLine("There is nothing to prove.");
            return verdicts.Count == 0 ? ExitCodes.Nothing : verdicts.All(v => v.State == "passed") ? ExitCodes.Passed : ExitCodes.Failed;
        });
        return command;
    }

    private static async Task<IReadOnlyList<string>> WaitingAsync(
        Server server, string? only, TimeSpan wait, long since, CancellationToken cancellationToken)
    {
        if (only is not null) return [only];
        while (true)
        {
            var open = await server.Patient.ListMachineVerificationsAsync(cancellationToken);
            if (open.Items.Count > 0 || TimeProvider.System.GetElapsedTime(since) >= wait) return [.. open.Items.Select(item => item.VerificationId)];
            await Task.Delay(Pause, cancellationToken);
        }
    }
}

/// <summary>All verdicts of one run.</summary>
/// <param name="Verifications">In the order they were proven.</param>
internal sealed record Verdicts(IReadOnlyList<VerificationModel> Verifications);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Verdicts))]
internal sealed partial class VerdictsJson : JsonSerializerContext;
