using System.Diagnostics;
using System.Security.Cryptography;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Rehearse;

/// <summary>
/// A short proof without a server: the worker does the rounds, draws the units itself, opens them, and checks them with the server's own
/// arithmetic. Good for choosing a claim and for finding out what is wrong with a machine; worth nothing as a proof.
/// </summary>
/// <param name="Workload">The workload.</param>
/// <param name="KernelPath">How the arithmetic was done.</param>
/// <param name="Rounds">Rounds done.</param>
/// <param name="Rows">M, or blocks.</param>
/// <param name="Columns">N, or 1, or units in a block of memory.</param>
/// <param name="Depth">K, or steps of a chain, or mixes of a word in a pass.</param>
/// <param name="Seconds">How long the rounds took.</param>
/// <param name="Unit">What work is counted in: <c>operations</c> or <c>bytes</c>.</param>
/// <param name="BareWorkPerSecond">What the device does without the protocol.</param>
/// <param name="ProvableWorkPerSecond">What the server would have accepted as proven.</param>
/// <param name="Holds">Whether the server's check passes.</param>
/// <param name="CheckSeconds">How long that check takes one of this machine's cores.</param>
internal sealed record Rehearsal(
    string Workload,
    string KernelPath,
    int Rounds,
    int Rows,
    int Columns,
    int Depth,
    double Seconds,
    string Unit,
    double BareWorkPerSecond,
    double ProvableWorkPerSecond,
    bool Holds,
    double CheckSeconds)
{
    private const double BareSeconds = 0.5;

    /// <summary>Rehearses one workload on the machine's processor for about two seconds.</summary>
    /// <exception cref="InvariantException">The device computes wrongly.</exception>
    /// <exception cref="NotSupportedException">The device has no engine for the workload.</exception>
    public static Rehearsal Run(ProvingMachine machine, Workload workload, CancellationToken cancellation)
    {
        var shape = ShortShape.For(machine.Processor, workload);
        using var run = machine.Prepare(shape, [machine.Processor]);
        var bare = Bare(run);
        var seeds = RandomNumberGenerator.GetBytes(shape.SeedsLength);
        var clock = Stopwatch.StartNew();
        run.Complete(seeds, null, cancellation);
        var seconds = clock.Elapsed.TotalSeconds;
        var drawn = UnitDraw.Draw(shape, RandomNumberGenerator.GetBytes(UnitDraw.EntropyLength));
        var openings = run.Open(drawn);
        clock.Restart();
        var outcome = ProofCheck.Check(shape, seeds, run.Roots, drawn, openings);
        return new Rehearsal(
            workload.Name(),
            run.KernelPath,
            shape.Rounds,
            shape.Rows,
            shape.Columns,
            shape.Depth,
            seconds,
            workload == Verification.Protocol.Workload.MemoryPasses ? "bytes" : "operations",
            bare,
            shape.ProvenWorkPerSecond(seconds),
            outcome.Holds,
            clock.Elapsed.TotalSeconds);
    }

    private static double Bare(ProofRun run)
    {
        run.RunBare();
        var clock = Stopwatch.StartNew();
        var rounds = 0;
        do
        {
            run.RunBare();
            rounds++;
        }
        while (clock.Elapsed.TotalSeconds < BareSeconds);
        return rounds * run.Parameters.UnitsPerRound * run.Parameters.UnitWork / clock.Elapsed.TotalSeconds;
    }
}
