using Marketplace.BenchmarkWorker.Gpu;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Tests.Gpu;

/// <summary>The whole GPU path, kernels and all, over a driver that interprets them, checked by the server's own arithmetic.</summary>
public sealed class GpuProofTests
{
    private static readonly byte[] Seed = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_int8_session_passes_the_servers_check_in_whatever_order_threads_run(bool lastFirst)
    {
        var parameters = new ProofParameters(256, 2, 1, 40, 1e-6);
        using var device = GpuDevices.Survey(new FakeDriver(1) { LastFirst = lastFirst }, null, null).Usable.Single();
        using var engine = device.Prepare(parameters);
        var run = ProofRun.Complete(engine, parameters, Seed, null, CancellationToken.None);
        var drawn = TileDraw.Draw(parameters, Seed);
        Assert.Equal("ptx-mma.sync", engine.KernelPath);
        Assert.Equal(ProofFault.None, ProofCheck.Check(parameters, Seed, run.Roots, drawn, run.Open(drawn)).Fault);
    }
}
