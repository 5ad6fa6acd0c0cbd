using Marketplace.BenchmarkWorker.Rehearse;

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

    /// <summary>What a rehearsal of int8 says.</summary>
    public static RateMeasurement Of(Rehearsal int8) => new(
        (long)(int8.BareWorkPerSecond / 1e9),
        (long)(int8.ProvableWorkPerSecond / 1e9),
        Math.Max(1, (long)(int8.ProvableWorkPerSecond / 1e9 * Room)),
        int8.Depth,
        int8.Rounds,
        int8.Seconds);
}
