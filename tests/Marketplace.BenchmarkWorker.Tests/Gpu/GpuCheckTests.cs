using System.Text.Json;
using Marketplace.BenchmarkWorker.Gpu;
using Marketplace.BenchmarkWorker.Gpu.Check;

namespace Marketplace.BenchmarkWorker.Tests.Gpu;

public sealed class GpuCheckTests
{
    [Fact]
    public void A_dry_run_measures_and_checks_every_workload_and_gives_everything_back()
    {
        var driver = new FakeDriver(1);
        driver.Gpus[0].Memory = new Ptx.PtxMemory(1 << 20);
        var sizes = new GpuCheckSizes(128, 128, 2, 64, 0.3, 20, 1 << 10);
        var report = Assert.Single(GpuCheckCommand.CheckTogether(
            GpuDevices.Survey(driver, null, new FakeCublas(driver)).Usable,
            device => new GpuCheckRun(device, sizes, null, TimeProvider.System, TimeSpan.Zero).Run(CancellationToken.None)));
        Assert.Equal(["bf16-tiles-1", "int8-tiles-2", "fp64-chains-1", "memory-passes-1"], report.Parts.Select(part => part.Workload));
        Assert.All(report.Parts, part => Assert.True(part.Checked && part.BarePerSecond > 0 && part.ProvenPerSecond > 0));
        Assert.Equal(["cublas-fake", "cublas-fake", "ptx-fma.f64", "ptx-passes"], report.Parts.Select(part => part.KernelPath));
        Assert.Equal((0, 0, 0), (driver.Gpus[0].Memory.Allocations, driver.Gpus[0].Pinned.Count, driver.Gpus[0].Retained));
        Assert.Contains("\"workload\":\"bf16-tiles-1\"", JsonSerializer.Serialize([report], GpuCheckJson.Default.IReadOnlyListGpuCheckReport), StringComparison.Ordinal);
        Assert.Contains("bf16-tiles-1", GpuCheckCommand.Text([report]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.91, true, true)]
    [InlineData(0.89, true, false)]
    [InlineData(0.91, false, false)]
    public void A_part_is_met_if_its_digests_are_right_and_its_ratio_is_reached(double ratio, bool isChecked, bool isMet) =>
        Assert.Equal(isMet, new GpuPartCheck("bf16-tiles-1", "cublas", 100, 100 * ratio, 0.9, 1, 1, isChecked).IsMet);
}
