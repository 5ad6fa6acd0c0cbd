using System.Diagnostics;
using System.Security.Cryptography;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Rehearse;

/// <summary>
/// How often a machine that claims what <c>report</c> suggests would pass: whether a claim is safe under the load that the machine has.
/// </summary>
/// <param name="Sessions">Proofs made.</param>
/// <param name="Passed">How many of them hold and prove enough of the claim.</param>
/// <param name="ClaimInt8Gops">The claim: nine tenths of what a first proof gave.</param>
/// <param name="LeastProvenInt8Gops">The least that any of them proved.</param>
internal sealed record Endurance(int Sessions, int Passed, long ClaimInt8Gops, long LeastProvenInt8Gops)
{
    /// <summary>The part of a claim that must be proven in the processor's class.</summary>
    private const double AcceptedFraction = 0.85;

    /// <summary>Proves int8 on the processor over and over, about a second each.</summary>
    public static Endurance Run(ProvingMachine machine, int sessions, CancellationToken cancellation)
    {
        var claim = Report.RateMeasurement.Of(Rehearsal.Run(machine, Workload.Int8Tiles, cancellation)).SuggestedClaimInt8Gops;
        var shape = ShortShape.For(machine.Processor, Workload.Int8Tiles);
        using var run = machine.Prepare(shape, [machine.Processor]);
        var (passed, least) = (0, long.MaxValue);
        for (var i = 0; i < sessions; i++)
        {
            var seeds = RandomNumberGenerator.GetBytes(shape.SeedsLength);
            var clock = Stopwatch.StartNew();
            run.Complete(seeds, null, cancellation);
            var proven = (long)(shape.ProvenWorkPerSecond(clock.Elapsed.TotalSeconds) / 1e9);
            var drawn = UnitDraw.Draw(shape, RandomNumberGenerator.GetBytes(UnitDraw.EntropyLength));
            var holds = ProofCheck.Check(shape, seeds, run.Roots, drawn, run.Open(drawn)).Holds;
            least = Math.Min(least, proven);
            if (holds && proven >= AcceptedFraction * claim) passed++;
        }

        return new Endurance(sessions, passed, claim, least);
    }
}
