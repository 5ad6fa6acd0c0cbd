using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Benchmarks.Measure;

namespace Marketplace.Benchmarks.Verification;

/// <summary>The rate that the worker would prove on this machine, next to its kernel without the protocol, in turn in one process of its own.</summary>
internal sealed class WorkerRates : IMeasurement
{
    public const int UsualPairs = 7;
    private static readonly string Worker = Path.Combine(AppContext.BaseDirectory, "marketplace-worker.dll");

    public string Name => "cpu";

    public string Question => "How much of the bare kernel's int8 rate does the whole protocol prove?";

    /// <summary>n of the products; null for what the plan asks of this machine.</summary>
    public int? Size { get; set; }

    /// <summary>Cores that the worker uses; null for all.</summary>
    public int? Cores { get; set; }

    /// <summary>How often it proves.</summary>
    public int Pairs { get; set; } = UsualPairs;

    public async Task<JsonObject> RunAsync(CancellationToken cancellationToken)
    {
        using var report = JsonDocument.Parse(await MeasureAsync(cancellationToken));
        var measured = report.RootElement;
        var pairs = measured.GetProperty("pairs").EnumerateArray().ToList();
        var figures = new JsonObject
        {
            ["kernel"] = measured.GetProperty("kernelPath").GetString(),
            ["cores"] = measured.GetProperty("cores").GetInt32(),
            ["size"] = measured.GetProperty("size").GetInt32(),
            ["rounds"] = measured.GetProperty("rounds").GetInt32(),
            ["pairs"] = pairs.Count,
        };
        figures.Add("provenOpsPerSec", Of(pair => Rate(pair, "provenOpsPerSec")));
        figures.Add("bareOpsPerSec", Of(pair => Rate(pair, "bareOpsPerSec")));
        figures.Add("provenToBare", Of(pair => Rate(pair, "provenOpsPerSec") / Rate(pair, "bareOpsPerSec")));
        figures.Add("provenToBareByCpuTime", Of(pair => Rate(pair, "provenOpsPerCpuSec") / Rate(pair, "bareOpsPerCpuSec")));
        return figures;

        Spread Of(Func<JsonElement, double> figure) => Spread.Of([.. pairs.Select(figure)]);

        static double Rate(JsonElement pair, string name) => pair.GetProperty(name).GetDouble();
    }

    private async Task<string> MeasureAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in new[] { "exec", Worker, "verify", "--dry-run", "--json" }) start.ArgumentList.Add(argument);
        Add("--pairs", Pairs);
        if (Size is { } size) Add("--size", size);
        if (Cores is { } cores) Add("--cores", cores);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The worker did not start.");
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"The worker's measurement ended with {process.ExitCode}.");

        void Add(string option, int value)
        {
            start.ArgumentList.Add(option);
            start.ArgumentList.Add(value.ToString(CultureInfo.InvariantCulture));
        }
    }
}
