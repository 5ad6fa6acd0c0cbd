using System.Security.Cryptography;
using Marketplace.BenchmarkWorker.Gpu.Nvml;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Gpu.Check;

/// <summary>
/// A dry run on one GPU: each workload bare, then with the whole protocol for as long, then checked as the server would. Both last
/// equally long because a card that has just begun to work is faster than a warm one.
/// </summary>
internal sealed class GpuCheckRun(GpuDevice device, GpuCheckSizes sizes, INvml? nvml, TimeProvider time, TimeSpan each)
{
    private const int LeastRounds = 3;
    private const int MostRounds = 1_024;
    private const int Copies = 16;

    private static readonly (Workload Workload, double? Wanted)[] Parts =
        [(Workload.Bf16Tiles, 0.90), (Workload.Int8Tiles, null), (Workload.Fp64Chains, null), (Workload.MemoryPasses, 0.85)];

    /// <summary>Does it; some eight times as long as one run.</summary>
    /// <exception cref="NotSupportedException">The device has not the memory.</exception>
    /// <exception cref="Driver.GpuException">The driver refuses.</exception>
    public GpuCheckReport Run(CancellationToken cancellation)
    {
        using var series = ClockSeries.TryBegin(nvml, device.Facts.PciBusId, time);
        var parts = Parts.Select(part => Check(part.Workload, part.Wanted, cancellation)).ToList();
        var (to, from) = MeasureLink();
        return new GpuCheckReport(device.Facts, parts, to, from, series?.Samples);
    }

    private GpuPartCheck Check(Workload workload, double? wanted, CancellationToken cancellation)
    {
        var memory = device.Facts.MemoryBytes;
        double bareSeconds;
        int rounds;
        using (var engine = device.Prepare(sizes.Part(workload, 1, memory))) (bareSeconds, rounds) = MeasureBare(engine, cancellation);
        var parameters = sizes.Part(workload, Math.Clamp(rounds, LeastRounds, MostRounds), memory);
        using var run = new ProofRun([device], parameters);
        var seed = RandomNumberGenerator.GetBytes(SeedChain.Length);
        var start = time.GetTimestamp();
        run.Complete(seed, null, cancellation);
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        var drawn = UnitDraw.Draw(parameters, RandomNumberGenerator.GetBytes(UnitDraw.EntropyLength));
        var outcome = ProofCheck.Check(parameters, seed, run.Roots, drawn, run.Open(drawn));
        return new GpuPartCheck(
            workload.Name(),
            run.KernelPath,
            parameters.UnitsPerRound * parameters.UnitWork / bareSeconds,
            parameters.ProvenWorkPerSecond(seconds),
            wanted,
            seconds,
            parameters.Rounds,
            outcome.Holds);
    }

    // The first is not counted: a library chooses and loads its kernels then.
    private (double SecondsPerRound, int Rounds) MeasureBare(IRoundEngine engine, CancellationToken cancellation)
    {
        engine.RunBare();
        var start = time.GetTimestamp();
        var rounds = 0;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            engine.RunBare();
            rounds++;
        }
        while (time.GetElapsedTime(start) < each && rounds < MostRounds);
        return (time.GetElapsedTime(start).TotalSeconds / rounds, rounds);
    }

    private (double ToDevice, double FromDevice) MeasureLink()
    {
        var context = device.Context;
        context.MakeCurrent();
        using var there = context.Allocate(sizes.CopyBytes);
        using var here = context.AllocatePinned(sizes.CopyBytes);
        var bytes = (nuint)sizes.CopyBytes;
        var to = context.MeasureMilliseconds(() =>
        {
            for (var i = 0; i < Copies; i++) context.Check(context.Driver.CopyToDevice(there.Address, here.Address, bytes, context.Stream), "copy");
        });
        var from = context.MeasureMilliseconds(() =>
        {
            for (var i = 0; i < Copies; i++) context.Check(context.Driver.CopyToHost(here.Address, there.Address, bytes, context.Stream), "copy");
        });
        return (Copies * (double)bytes / to * 1000, Copies * (double)bytes / from * 1000);
    }
}
