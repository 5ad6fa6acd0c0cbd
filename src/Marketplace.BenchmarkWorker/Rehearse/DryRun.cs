using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Rehearse;

/// <summary><c>verify --dry-run</c>: rehearses every workload on this machine's processor, without a server. For its GPUs there is <c>gpu-check</c>.</summary>
internal static class DryRun
{
    /// <summary>Rehearses and prints.</summary>
    /// <returns><see cref="ExitCodes.Passed"/> where all checks hold.</returns>
    public static int Run(ProvingMachine machine, bool asJson, CancellationToken cancellation)
    {
        var rehearsals = new List<Rehearsal>();
        if (!asJson) Console.WriteLine($"{machine.Processor.Name}: nothing of this is a proof.");
        foreach (var workload in Enum.GetValues<Workload>())
        {
            try
            {
                rehearsals.Add(Rehearsal.Run(machine, workload, cancellation));
                if (!asJson) Console.WriteLine(TextOf(rehearsals[^1]));
            }
            catch (NotSupportedException cannot)
            {
                Console.Error.WriteLine(cannot.Message);
            }
        }

        if (asJson) Console.WriteLine(JsonSerializer.Serialize(new Rehearsals(machine.Processor.Name, rehearsals), RehearsalsJson.Default.Rehearsals));
        return rehearsals.All(r => r.Holds) ? ExitCodes.Passed : ExitCodes.Failed;
    }

    private static string TextOf(Rehearsal r) => string.Create(
        CultureInfo.InvariantCulture,
        $"{r.Workload,-16} {r.KernelPath,-10} bare {Rate(r.BareWorkPerSecond, r.Unit)}, provable {Rate(r.ProvableWorkPerSecond, r.Unit)} ({r.ProvableWorkPerSecond / r.BareWorkPerSecond:0.00}); {r.Rounds} rounds of {r.Rows} x {r.Columns} x {r.Depth} in {r.Seconds:0.00} s, {(r.Holds ? "the check holds" : "THE CHECK FAILS")} ({r.CheckSeconds:0.00} s)");

    private static string Rate(double perSecond, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{perSecond / 1e9:0.0} {(unit == "bytes" ? "GB/s" : "Gop/s")}");
}

/// <summary>A dry run.</summary>
/// <param name="Device">The device that was rehearsed.</param>
/// <param name="Workloads">One for each workload that it has an engine for.</param>
internal sealed record Rehearsals(string Device, IReadOnlyList<Rehearsal> Workloads);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Rehearsals))]
internal sealed partial class RehearsalsJson : JsonSerializerContext;
