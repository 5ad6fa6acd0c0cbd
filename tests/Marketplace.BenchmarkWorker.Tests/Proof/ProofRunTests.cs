using Marketplace.BenchmarkWorker.Kernels;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Tests.Proof;

public sealed class ProofRunTests
{
    private static readonly byte[] Seed = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    public static TheoryData<string> Kernels => [.. Int8Kernel.Supported.Select(kernel => kernel.Name)];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_run_by_any_kernel_passes_the_servers_check(string name)
    {
        var kernel = Int8Kernel.Supported.Single(k => k.Name == name);
        var parameters = new ProofParameters(Workload.Int8Tiles, 1, 5, 384, 384, 384, 1, 40, 1e-6);
        var run = ProofRun.Complete(new RoundEngine(kernel, 384, 2), parameters, Seed, null, CancellationToken.None);
        var drawn = UnitDraw.Draw(parameters, Seed);
        Assert.Equal(ProofFault.None, ProofCheck.Check(parameters, Seed, run.Roots, drawn, run.Open(drawn)).Fault);
    }

    [Fact]
    public void All_kernels_and_any_number_of_cores_give_the_same_roots()
    {
        var parameters = new ProofParameters(Workload.Int8Tiles, 1, 3, 256, 256, 256, 2, 1, 1e-6);
        var runs = Int8Kernel.Supported.SelectMany(kernel => new[] { 1, 3 }.Select(cores =>
            ProofRun.Complete(new RoundEngine(kernel, 256, cores), parameters, Seed, null, CancellationToken.None).Roots)).ToList();
        Assert.All(runs, roots => Assert.Equal(runs[0], roots));
    }

    [Fact]
    public void Progress_counts_every_round_and_cancellation_ends_between_rounds()
    {
        var parameters = new ProofParameters(Workload.Int8Tiles, 1, 10, 128, 128, 128, 1, 1, 1e-6);
        var engine = new RoundEngine(Int8Kernel.Best, 128, 1);
        using var cancellation = new CancellationTokenSource();
        var told = new List<int>();
        Assert.Throws<OperationCanceledException>(() => ProofRun.Complete(
            engine, parameters, Seed, round =>
            {
                told.Add(round);
                if (round == 4) cancellation.Cancel();
            },
            cancellation.Token));
        Assert.Equal([1, 2, 3, 4], told);
    }
}
