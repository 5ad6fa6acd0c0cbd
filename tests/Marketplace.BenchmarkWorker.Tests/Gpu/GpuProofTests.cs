using Marketplace.BenchmarkWorker.Gpu;
using Marketplace.BenchmarkWorker.Gpu.Blas;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Tests.Gpu;

/// <summary>The whole GPU path, kernels and all, over a driver that interprets them, checked by the server's own arithmetic.</summary>
public sealed class GpuProofTests
{
    private static readonly byte[] Seeds = [.. Enumerable.Range(0, 64).Select(i => (byte)(i * 3))];
    private static readonly byte[] Entropy = new byte[UnitDraw.EntropyLength];

    public static TheoryData<Workload, int, int, int, int, int> Parts => new()
    {
        { Workload.Int8Tiles, 2, 256, 128, 128, 1 },
        { Workload.Bf16Tiles, 2, 128, 256, 256, 1 },
        { Workload.Fp64Chains, 3, 5, 1, 64, 1 },
        { Workload.MemoryPasses, 3, 2, 1, 1, 0 },
    };

    [Theory]
    [MemberData(nameof(Parts))]
    public void A_part_of_any_workload_passes_the_servers_check(Workload workload, int rounds, int rows, int columns, int depth, int lag)
    {
        var parameters = new ProofParameters(workload, 1, rounds, rows, columns, depth, lag, 40, 1e-6);
        Assert.Equal(ProofFault.None, Prove(new FakeDriver(1) { LastFirst = true }, null, parameters).Fault);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(4, 1)]
    public void Memory_as_processors_are_asked_for_it_is_refused(int unitsInBlock, int mixes)
    {
        var parameters = new ProofParameters(Workload.MemoryPasses, 1, 3, 2, unitsInBlock, mixes, 0, 40, 1e-6);
        var refused = Assert.Throws<NotSupportedException>(() => Prove(new FakeDriver(1), null, parameters));
        Assert.Contains($"{mixes} mixes and {unitsInBlock} units", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_prove_together_each_from_its_own_seed()
    {
        var parameters = new ProofParameters(Workload.Fp64Chains, 2, 4, 6, 1, 64, 1, 40, 1e-6);
        var driver = new FakeDriver(2);
        Assert.Equal(ProofFault.None, Prove(driver, null, parameters).Fault);
        // Four rounds and the one before the clock.
        Assert.All(driver.Gpus, gpu => Assert.Equal(5, gpu.Launches.Count(kernel => kernel == "chains")));
    }

    [Theory]
    [InlineData(Workload.Int8Tiles)]
    [InlineData(Workload.Bf16Tiles)]
    public void Products_by_the_library_pass_the_servers_check(Workload workload)
    {
        var parameters = new ProofParameters(workload, 1, 2, 128, 256, 128, 1, 40, 1e-6);
        var driver = new FakeDriver(1);
        var library = new FakeCublas(driver);
        Assert.Equal(ProofFault.None, Prove(driver, library, parameters).Fault);
        Assert.DoesNotContain("product", driver.Gpus[0].Launches);
        Assert.Equal(4, library.Products);
    }

    [Fact]
    public void A_product_too_large_for_one_piece_is_made_in_strips()
    {
        var driver = new FakeDriver(1);
        using var context = new GpuContext(driver, 0);
        using var engine = new TilesEngine(context, new GpuGrid(1), TilePrecision.Int8, new TileShape(384, 128, 128), 1, new FakeCublas(driver), 256 * 128 * 4);
        driver.Gpus[0].Launches.Clear();
        var digests = new ulong[3];
        engine.Begin(0, Seeds.AsSpan(0, 32), digests);
        engine.End(0);
        Assert.Equal(2, driver.Gpus[0].Launches.Count(kernel => kernel == "digest"));
        var product = new TileProduct(Workload.Int8Tiles, 128);
        for (var unit = 0; unit < 3; unit++) Assert.Equal(UnitDigest.OfTile(product.Compute(Seeds.AsSpan(0, 32), unit, 0)), digests[unit]);
    }

    [Fact]
    public void A_library_that_begins_to_round_is_seen_by_the_server()
    {
        // Guards the tests above: a check that passes whatever the device does would pass them too.
        var parameters = new ProofParameters(Workload.Int8Tiles, 1, 1, 128, 128, 128, 0, 40, 1e-6);
        var driver = new FakeDriver(1);
        var library = new FakeCublas(driver);
        using var device = GpuDevices.Survey(driver, null, library).Usable.Single();
        using var run = new ProofRun([device], parameters);
        library.DropsABit = true;
        Assert.Equal(ProofFault.DigestMismatch, Check(run).Fault);
    }

    private static ProofOutcome Prove(FakeDriver driver, ICublas? blas, ProofParameters parameters)
    {
        var devices = GpuDevices.Survey(driver, null, blas).Usable;
        ProofOutcome outcome;
        using (var run = new ProofRun(devices, parameters)) outcome = Check(run);
        foreach (var device in devices) device.Dispose();
        Assert.All(driver.Gpus, gpu => Assert.Equal((0, 0, 0, 0), (gpu.Memory.Allocations, gpu.Pinned.Count, gpu.OpenHandles, gpu.Retained)));
        return outcome;
    }

    private static ProofOutcome Check(ProofRun run)
    {
        var seeds = Seeds[..run.Parameters.SeedsLength];
        run.Complete(seeds, null, CancellationToken.None);
        var drawn = UnitDraw.Draw(run.Parameters, Entropy);
        return ProofCheck.Check(run.Parameters, seeds, run.Roots, drawn, run.Open(drawn));
    }
}
