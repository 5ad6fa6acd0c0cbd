using System.Diagnostics;
using System.Security.Cryptography;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Rehearse;

/// <summary>
/// What the protocol costs the processor: int8 proven and the same rounds of the bare kernel, in turn, so that whatever else the machine
/// does meets both.
/// </summary>
/// <param name="KernelPath">How the arithmetic was done.</param>
/// <param name="Cores">Cores used.</param>
/// <param name="Size">M and N, and K up to what the server asks for.</param>
/// <param name="Rounds">Rounds of each run.</param>
/// <param name="Pairs">One after another; every other one begins with the bare kernel.</param>
internal sealed record RatePairs(string KernelPath, int Cores, int Size, int Rounds, IReadOnlyList<RatePair> Pairs)
{
    /// <summary>The middle of the pairs' ratios: the part of the bare rate that is proven, by the clock that proofs are timed with.</summary>
    public double ProvenToBare => Median(Pairs.Select(pair => pair.ProvenOpsPerSec / pair.BareOpsPerSec));

    /// <summary>The same by processor time, which on a busy machine leaves out the turns of others.</summary>
    public double ProvenToBareByCpuTime => Median(Pairs.Select(pair => pair.ProvenOpsPerCpuSec / pair.BareOpsPerCpuSec));

    /// <summary>Measures.</summary>
    /// <param name="machine">Its processor.</param>
    /// <param name="pairs">How many, 1 or more.</param>
    /// <param name="size">A multiple of 128; null for what fits the processor.</param>
    /// <param name="cancellation">Ends it.</param>
    public static RatePairs Run(ProvingMachine machine, int pairs, int? size, CancellationToken cancellation)
    {
        var shape = size is { } given ? ShortShape.Int8(machine.Processor, given) : ShortShape.For(machine.Processor, Workload.Int8Tiles);
        using var run = machine.Prepare(shape, [machine.Processor]);
        var measured = new List<RatePair>();
        for (var pair = 0; pair < pairs; pair++)
        {
            var isBareFirst = pair % 2 == 1;
            var bare = isBareFirst ? Bare(run, cancellation) : default;
            var proven = Proven(run, cancellation);
            if (!isBareFirst) bare = Bare(run, cancellation);
            measured.Add(new RatePair(bare.PerSecond, bare.PerCpuSecond, proven.PerSecond, proven.PerCpuSecond));
        }

        return new RatePairs(run.KernelPath, machine.Facts.LogicalCores ?? 1, shape.Rows, shape.Rounds, measured);
    }

    private static (double PerSecond, double PerCpuSecond) Bare(ProofRun run, CancellationToken cancellation) => Time(run.Parameters.TotalWork, () =>
    {
        for (var round = 0; round < run.Parameters.Rounds && !cancellation.IsCancellationRequested; round++) run.RunBare();
        cancellation.ThrowIfCancellationRequested();
    });

    private static (double PerSecond, double PerCpuSecond) Proven(ProofRun run, CancellationToken cancellation)
    {
        var seeds = RandomNumberGenerator.GetBytes(run.Parameters.SeedsLength);
        return Time(run.Parameters.ProvenWorkPerSecond(elapsedSeconds: 1), () => run.Complete(seeds, null, cancellation));
    }

    private static (double PerSecond, double PerCpuSecond) Time(double work, Action rounds)
    {
        var (clock, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        rounds();
        return (work / clock.Elapsed.TotalSeconds, work / (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }

    private static double Median(IEnumerable<double> ratios)
    {
        var sorted = ratios.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}

/// <summary>The bare kernel and a proof, one after the other.</summary>
/// <param name="BareOpsPerSec">Operations of the bare kernel, a second.</param>
/// <param name="BareOpsPerCpuSec">The same, a second of processor time.</param>
/// <param name="ProvenOpsPerSec">Operations that the server would accept as proven, a second.</param>
/// <param name="ProvenOpsPerCpuSec">The same, a second of processor time.</param>
internal sealed record RatePair(double BareOpsPerSec, double BareOpsPerCpuSec, double ProvenOpsPerSec, double ProvenOpsPerCpuSec);
