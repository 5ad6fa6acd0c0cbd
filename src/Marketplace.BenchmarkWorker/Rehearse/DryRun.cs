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
    /// <param name="machine">The machine.</param>
    /// <param name="sessions">How often int8 is proven instead of every workload once; 0 for that.</param>
    /// <param name="asJson">One JSON document instead of text.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns><see cref="ExitCodes.Passed"/> where all checks hold.</returns>
    public static int Run(ProvingMachine machine, int sessions, bool asJson, CancellationToken cancellation)
    {
        if (sessions > 0) return RunOften(machine, sessions, asJson, cancellation);
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

    /// <summary>Proves int8 in turn with the bare kernel, and prints how much of the bare rate is proven.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="pairs">How many pairs, 1 or more.</param>
    /// <param name="size">The size; null for what fits the processor.</param>
    /// <param name="asJson">One JSON document instead of text.</param>
    /// <param name="cancellation">Ends it.</param>
    public static int RunPairs(ProvingMachine machine, int pairs, int? size, bool asJson, CancellationToken cancellation)
    {
        var measured = RatePairs.Run(machine, pairs, size, cancellation);
        Console.WriteLine(asJson
            ? JsonSerializer.Serialize(measured, RehearsalsJson.Default.RatePairs)
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{measured.KernelPath} on {measured.Cores} cores, n = {measured.Size}, {measured.Rounds} rounds: proven over bare {measured.ProvenToBare:0.000} in the middle of {measured.Pairs.Count} pairs, {measured.ProvenToBareByCpuTime:0.000} by processor time."));
        return ExitCodes.Passed;
    }

    private static int RunOften(ProvingMachine machine, int sessions, bool asJson, CancellationToken cancellation)
    {
        var endurance = Endurance.Run(machine, sessions, cancellation);
        Console.WriteLine(asJson
            ? JsonSerializer.Serialize(endurance, RehearsalsJson.Default.Endurance)
            : $"{endurance.Passed} of {endurance.Sessions} would have passed with a claim of {endurance.ClaimInt8Gops} Gop/s int8; the least was {endurance.LeastProvenInt8Gops}.");
        return endurance.Passed == endurance.Sessions ? ExitCodes.Passed : ExitCodes.Failed;
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
[JsonSerializable(typeof(Endurance))]
[JsonSerializable(typeof(RatePairs))]
internal sealed partial class RehearsalsJson : JsonSerializerContext;
