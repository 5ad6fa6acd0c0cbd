using System.Diagnostics;
using Marketplace.BenchmarkWorker.Kernels;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;

namespace Marketplace.BenchmarkWorker.Report;

/// <summary>What this machine measures of itself: good for choosing a claim, worth nothing as a proof.</summary>
/// <param name="BareInt8Gops">The products alone, in 10^9 operations per second.</param>
/// <param name="ProvableInt8Gops">What a dry run of the whole protocol would have proven.</param>
/// <param name="SuggestedClaimInt8Gops">A claim that leaves room for a busy moment: nine tenths of the provable rate.</param>
/// <param name="Size">n of the dry run.</param>
/// <param name="Rounds">R of the dry run.</param>
/// <param name="Seconds">How long the dry run took.</param>
internal sealed record RateMeasurement(
    long BareInt8Gops, long ProvableInt8Gops, long SuggestedClaimInt8Gops, int Size, int Rounds, double Seconds)
{
    private const double Room = 0.9;

    /// <summary>Measures for about two seconds.</summary>
    public static RateMeasurement Run(int cores)
    {
        SelfTest.Run(Int8Kernel.Best);
        var guess = Math.Max(1, (long)(Bare(new RoundEngine(Int8Kernel.Best, 512, cores), 512, 0.1) / 1e9));
        var plan = ProofPlan.Int8OnCpu(VerificationPurpose.Readiness, guess);
        var engine = new RoundEngine(Int8Kernel.Best, plan.Depth, cores);
        var bare = Bare(engine, plan.Depth, 0.5);
        var clock = Stopwatch.StartNew();
        ProofRun.Complete(engine, plan, new byte[SeedChain.Length], null, CancellationToken.None);
        var seconds = clock.Elapsed.TotalSeconds;
        var provable = plan.ProvenWorkPerSecond(seconds) / 1e9;
        return new RateMeasurement((long)(bare / 1e9), (long)provable, Math.Max(1, (long)(provable * Room)), plan.Depth, plan.Rounds, seconds);
    }

    private static double Bare(RoundEngine engine, int size, double seconds)
    {
        engine.MultiplyOnly();
        var clock = Stopwatch.StartNew();
        var rounds = 0;
        do
        {
            engine.MultiplyOnly();
            rounds++;
        }
        while (clock.Elapsed.TotalSeconds < seconds);
        return 2.0 * rounds * size * size * size / clock.Elapsed.TotalSeconds;
    }
}
