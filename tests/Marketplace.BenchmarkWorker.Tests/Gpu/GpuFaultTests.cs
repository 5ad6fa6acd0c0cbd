using Marketplace.BenchmarkWorker.Gpu;
using Marketplace.BenchmarkWorker.Gpu.Driver;
using Marketplace.BenchmarkWorker.Tests.Ptx;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Tests.Gpu;

/// <summary>What goes wrong on machines: no driver, no device, an old one, too little memory, a library that does not work, a fault for good.</summary>
public sealed class GpuFaultTests
{
    private static readonly byte[] Seed = new byte[32];

    private static GpuContext Context(FakeDriver driver) => new(driver, 0);

    private static TilesEngine Engine(GpuContext context, int rows = 128, FakeCublas? blas = null) =>
        new(context, new GpuGrid(1), TilePrecision.Int8, new TileShape(rows, 128, 128), 2, blas);

    [Fact]
    public void Without_a_driver_or_a_device_there_is_none_and_it_says_why()
    {
        var without = GpuDevices.Survey(null, null, null);
        Assert.Empty(without.Usable);
        Assert.Contains("libcuda.so.1", without.Note, StringComparison.Ordinal);
        Assert.Contains("no GPU", GpuDevices.Survey(new FakeDriver(0) { InitCode = CudaCode.NoDevice }, null, null).Note, StringComparison.Ordinal);
        Assert.Contains("no GPU", GpuDevices.Survey(new FakeDriver(0), null, null).Note, StringComparison.Ordinal);
        Assert.Contains("CUDA_ERROR_803", GpuDevices.Survey(new FakeDriver(0) { InitCode = 803 }, null, null).Note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_of_an_old_generation_is_reported_and_not_used()
    {
        var survey = GpuDevices.Survey(new FakeDriver(2) { ComputeCapability = (7, 5) }, null, null);
        Assert.Empty(survey.Usable);
        Assert.Equal(["7.5", "7.5"], survey.Facts.Select(facts => facts.ComputeCapability));
        Assert.Contains("8.0 is needed", survey.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void An_engine_that_finds_too_little_memory_says_so_and_gives_back_what_it_took()
    {
        var driver = new FakeDriver(1);
        driver.Gpus[0].Memory = new PtxMemory(200_000);
        using var context = Context(driver);
        Assert.Contains("bytes of memory", Assert.Throws<NotSupportedException>(() => Engine(context, 1024)).Message, StringComparison.Ordinal);
        AssertNothingIsHeld(driver);
    }

    [Fact]
    public void An_engine_gives_everything_back_at_its_end()
    {
        var driver = new FakeDriver(1);
        using (var context = Context(driver))
        {
            using (var engine = Engine(context)) engine.RunBare();
            AssertNothingIsHeld(driver);
        }

        Assert.Equal(0, driver.Gpus[0].Retained);
    }

    [Fact]
    public void A_session_that_is_given_up_neither_writes_to_memory_given_back_nor_spoils_the_next()
    {
        var driver = new FakeDriver(1);
        using var context = Context(driver);
        var (given, digests) = (new ulong[1], new ulong[1]);
        using (var engine = Engine(context))
        {
            engine.Begin(0, [.. Seed.Select(_ => (byte)1)], given);
            engine.Begin(1, Seed, given);
            engine.Begin(0, Seed, digests);
            engine.End(0);
            engine.Begin(1, Seed, given);
        }

        Assert.Equal(UnitDigest.OfTile(new TileProduct(Workload.Int8Tiles, 128).Compute(Seed, 0, 0)), digests[0]);
        Assert.Equal(0UL, given[0]);
        AssertNothingIsHeld(driver);
    }

    [Fact]
    public void A_fault_that_loses_the_context_is_told_at_once_and_for_good()
    {
        var driver = new FakeDriver(1);
        using var context = Context(driver);
        using var engine = Engine(context);
        engine.Begin(0, Seed, new ulong[1]);
        driver.Queue(context.Stream, _ => throw new PtxMemoryException("planted"));
        engine.Begin(1, Seed, new ulong[1]);
        engine.End(0);
        Assert.True(Assert.Throws<GpuException>(() => engine.End(1)).ContextIsLost);
        driver.Gpus[0].Lost = CudaCode.Success;
        Assert.Contains("restart the worker", Assert.Throws<GpuException>(() => engine.Begin(2, Seed, new ulong[1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Digests_are_not_taken_up_before_the_device_has_made_them()
    {
        using var context = Context(new FakeDriver(1));
        using var engine = Engine(context);
        var digests = new ulong[1];
        engine.Begin(0, Seed, digests);
        Assert.Equal(0UL, digests[0]);
        engine.End(0);
        Assert.NotEqual(0UL, digests[0]);
        Assert.Throws<InvariantException>(() => engine.End(0));
    }

    [Fact]
    public void The_library_is_used_where_it_is_exact_and_left_where_it_is_not()
    {
        var driver = new FakeDriver(1);
        using var context = Context(driver);
        var exact = new FakeCublas(driver);
        using (var engine = Engine(context, blas: exact)) Assert.Equal("cublas-fake", engine.KernelPath);
        using (var engine = Engine(context, blas: new FakeCublas(driver) { DropsABit = true })) Assert.Equal("ptx-mma.sync", engine.KernelPath);
        using (var engine = Engine(context, blas: new FakeCublas(driver) { Status = 1 })) Assert.Equal("ptx-mma.sync", engine.KernelPath);

        // The test of exactness and the round before the clock.
        Assert.Equal(2, exact.Products);
    }

    [Fact]
    public void A_kernel_that_the_driver_refuses_is_reported_with_the_drivers_log()
    {
        using var context = Context(new FakeDriver(1));
        var refusal = Assert.Throws<GpuException>(() => context.Load(".version 7.0\n.target sm_80\n.address_size 64\nnonsense"));
        Assert.Contains("Not understood: 'nonsense'", refusal.Message, StringComparison.Ordinal);
        Assert.False(refusal.ContextIsLost);
    }

    private static void AssertNothingIsHeld(FakeDriver driver)
    {
        var gpu = driver.Gpus[0];
        Assert.Equal((0, 0, 0), (gpu.Memory.Allocations, gpu.Pinned.Count, gpu.OpenHandles));
    }
}
