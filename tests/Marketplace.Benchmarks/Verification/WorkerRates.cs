using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Benchmarks.Measure;

namespace Marketplace.Benchmarks.Verification;

/// <summary>The rate that the worker would prove on this machine, next to its kernel without the protocol: its own report, three times.</summary>
internal sealed class WorkerRates : IMeasurement
{
    private const int Runs = 3;
    private static readonly string Worker = Path.Combine(AppContext.BaseDirectory, "marketplace-worker.dll");

    public string Name => "cpu";

    public string Question => "How much of the bare kernel's int8 rate does the whole protocol prove?";

    public async Task<JsonObject> RunAsync(CancellationToken cancellationToken)
    {
        var (bare, proven, ratios, size) = (new List<double>(), new List<double>(), new List<double>(), 0);
        for (var run = 0; run < Runs; run++)
        {
            using var report = JsonDocument.Parse(await ReportAsync(cancellationToken));
            var int8 = report.RootElement.GetProperty("int8");
            bare.Add(int8.GetProperty("bareInt8Gops").GetDouble() * 1e9);
            proven.Add(int8.GetProperty("provableInt8Gops").GetDouble() * 1e9);
            ratios.Add(proven[^1] / bare[^1]);
            size = int8.GetProperty("size").GetInt32();
        }

        var figures = new JsonObject { ["size"] = size };
        figures.Add("provenOpsPerSec", Spread.Of(proven));
        figures.Add("bareOpsPerSec", Spread.Of(bare));
        figures.Add("provenToBare", Spread.Of(ratios));
        return figures;
    }

    private static async Task<string> ReportAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in new[] { "exec", Worker, "report", "--json" }) start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The worker did not start.");
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"The worker's report ended with {process.ExitCode}.");
    }
}
