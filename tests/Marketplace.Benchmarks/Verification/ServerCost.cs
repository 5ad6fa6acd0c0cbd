using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Benchmarks.Measure;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;

namespace Marketplace.Benchmarks.Verification;

/// <summary>
/// What the check of one part costs the server, from the openings as they come over the wire to the outcome: processor time, everything it
/// allocates, garbage included, so at least its peak, and all bytes on the wire. For every workload, in the shapes that the plan chooses.
/// </summary>
internal sealed class ServerCost : IMeasurement
{
    private const int Rounds = 3;
    private static readonly GpuModel Cpu = Model(true);
    private static readonly GpuModel Gpu = Model(false);

    public string Name => "server";

    public string Question => "What does the check of a part cost, by workload, shape and draws?";

    public Task<JsonObject> RunAsync(CancellationToken cancellationToken)
    {
        var (figures, shapes) = (new JsonObject(), new JsonObject());
        var (most, memory, wire) = (0.0, 0.0, 0L);
        foreach (var (name, parameters) in Shapes())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var cost = Measure(parameters);
            shapes[name] = cost.ToJson(parameters);
            Console.WriteLine($"  {name}: {Figures.Rounded(cost.Seconds)} s, {Figures.Rounded(cost.MiB)} MiB, {cost.WireBytes} bytes");
            (most, memory, wire) = (Math.Max(most, cost.Seconds), Math.Max(memory, cost.MiB), Math.Max(wire, cost.WireBytes));
        }

        figures["secondsAtQ300"] = Figures.Rounded(most);
        figures["peakMiB"] = Figures.Rounded(memory);
        figures["wireBytes"] = wire;
        figures["shapes"] = shapes;
        var draws = new JsonObject();
        foreach (var q in new[] { 100, 300, 1000 })
        {
            var parameters = new ProofParameters(Workload.Bf16Tiles, 1, 64, 6_144, 6_144, 6_144, 1, q, ProofPlan.Epsilon);
            draws[$"q{q}"] = Measure(parameters).ToJson(parameters);
        }

        figures["byDraws"] = draws;
        return Task.FromResult(figures);
    }

    private static IEnumerable<(string Name, ProofParameters Parameters)> Shapes()
    {
        var cpu = ProofPlan.For(VerificationPurpose.Listing, new Capacity(250, 0, 4_000, 15_000, 60), 1, Cpu);
        foreach (var part in cpu) yield return ($"cpu {part.Workload.Name()}", part);
        foreach (var devices in new[] { 1, 8 })
        {
            var h200 = ProofPlan.For(VerificationPurpose.Listing, new Capacity(1_978_900, 989_400, 141_000, 4_800_000, 34_000), devices, Gpu);
            foreach (var part in h200) yield return ($"{devices} x H200 {part.Workload.Name()}", part);
        }

        // The most that the plan can ask for.
        var absurd = new Capacity(1_000_000_000, 1_000_000_000, 100_000, 1_000_000_000, 1_000_000_000);
        foreach (var part in ProofPlan.For(VerificationPurpose.Listing, absurd, 1, Gpu)) yield return ($"most {part.Workload.Name()}", part);

        // A processor much faster than its memory: the most mixes that are asked for.
        yield return ("cpu, most memory", ProofPlan.For(VerificationPurpose.Listing, new Capacity(100_000, 0, 100_000, 100_000), 1, Cpu)[^1]);
        var cpuTiles = ProofPlan.Int8OnCpu(VerificationPurpose.Listing, 8_000);
        yield return ("cpu int8 n = " + cpuTiles.Depth, cpuTiles);
    }

    private static Cost Measure(ProofParameters parameters)
    {
        byte[] seeds = [.. Enumerable.Range(0, parameters.Devices).SelectMany(device => SHA256.HashData([(byte)device]))];
        var drawn = UnitDraw.Draw(parameters, SHA256.HashData("draw"u8));
        var prover = new ForesightProver(parameters, seeds, drawn);
        var request = JsonSerializer.SerializeToUtf8Bytes(new SubmitOpeningsRequest(Convert.ToBase64String(prover.Openings)), JsonSerializerOptions.Web);
        var seconds = new List<double>();
        var allocated = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var clock = Elapsed.Begin();
            var openings = Convert.FromBase64String(JsonSerializer.Deserialize<SubmitOpeningsRequest>(request, JsonSerializerOptions.Web)!.Openings!);
            var outcome = ProofCheck.Check(parameters, seeds, prover.Roots, UnitDraw.Draw(parameters, SHA256.HashData("draw"u8)), openings);
            seconds.Add(clock.End().CpuSeconds);
            allocated = Math.Max(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            if (!outcome.Holds) throw new InvalidOperationException($"A right proof of {parameters} does not hold: {outcome}.");
        }

        return new Cost(Spread.Of(seconds).Median, allocated / (1024.0 * 1024), request.Length + OtherBytes(parameters, prover.Roots, drawn), drawn.Count);
    }

    // What is said of parameters and about the machine is some 500 bytes more; headers are not counted.
    private static long OtherBytes(ProofParameters parameters, byte[] roots, IReadOnlyList<UnitAddress> drawn)
    {
        var challenge = new ChallengeModel("ver_01JABCDEFGHJKMNPQRSTVWXYZ0", 0, [.. drawn.Select(unit => new UnitModel(unit.Device, unit.Round, unit.Unit))]);
        return Encoding.ASCII.GetByteCount(Convert.ToBase64String(roots))
            + JsonSerializer.SerializeToUtf8Bytes(challenge, JsonSerializerOptions.Web).Length
            + Encoding.ASCII.GetByteCount(Convert.ToBase64String(new byte[parameters.SeedsLength]));
    }

    private static GpuModel Model(bool provenOnCpu) =>
        new(GpuModelId.Parse("any"), "any", "any", "any", new Capacity(0, 0, 0, 0), 0, 0.85, provenOnCpu);

    private sealed record Cost(double Seconds, double MiB, long WireBytes, int Units)
    {
        public JsonObject ToJson(ProofParameters p) => new()
        {
            ["shape"] = $"{p.Devices} x {p.Rounds} rounds of {p.Rows} x {p.Columns} x {p.Depth}",
            ["seconds"] = Figures.Rounded(Seconds),
            ["allocatedMiB"] = Figures.Rounded(MiB),
            ["wireBytes"] = WireBytes,
            ["units"] = Units,
        };
    }
}
