using Marketplace.BenchmarkWorker.Gpu.Driver;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Gpu;

/// <summary>Rounds of chains of double fused multiply-adds.</summary>
internal sealed class ChainsEngine : GpuEngine
{
    private const int BlocksPerGroup = 4;
    private readonly GpuGrid grid;
    private readonly int blocks;
    private readonly int steps;
    private GpuKernel uniform = null!;
    private GpuKernel chains = null!;
    private DeviceMemory starts = null!;
    private DeviceMemory constants = null!;
    private DeviceMemory digests = null!;

    /// <summary>Compiles the kernels and takes the memory.</summary>
    /// <param name="context">The device.</param>
    /// <param name="grid">How much it does at once.</param>
    /// <param name="blocks">Blocks of 128 chains.</param>
    /// <param name="steps">Steps of a chain, a multiple of 4.</param>
    /// <param name="inFlight">Rounds begun and not ended at most.</param>
    /// <exception cref="NotSupportedException">Not the memory.</exception>
    /// <exception cref="GpuException">The driver refuses.</exception>
    public ChainsEngine(GpuContext context, GpuGrid grid, int blocks, int steps, int inFlight) : base(context)
    {
        (this.grid, this.blocks, this.steps) = (grid, blocks, steps);
        Take(blocks, inFlight, () =>
        {
            var module = Own(context.Load(KernelTexts.Read("chains.ptx")));
            (uniform, chains) = (module.Kernel("uniform"), module.Kernel("chains"));
            starts = Own(context.Allocate((long)blocks * ChainBlock.Chains * 8));
            constants = Own(context.Allocate(steps * 8L));
            digests = Own(context.Allocate(blocks * 8L));
        });
    }

    /// <inheritdoc/>
    public override string KernelPath => "ptx-fma.f64";

    /// <inheritdoc/>
    protected override DeviceMemory Queue(int round, ReadOnlySpan<byte> seed)
    {
        Generate(starts, ElementKey.Derive(seed, Operand.A), 1, -1.5);
        Generate(constants, ElementKey.Derive(seed, Operand.B), -0.125, -1.675);
        QueueBare();
        return digests;
    }

    /// <inheritdoc/>
    protected override void QueueBare() => chains.Launch(
        (blocks + BlocksPerGroup - 1) / BlocksPerGroup, 1, 32 * BlocksPerGroup, starts.Address, constants.Address, digests.Address, (ulong)blocks, (ulong)steps);

    private void Generate(DeviceMemory numbers, ElementKey key, double scale, double offset)
    {
        var count = numbers.Bytes / 8;
        var (k0, k1, k2, k3) = key.Parts;
        uniform.Launch(
            grid.BlocksFor(count), 1, GpuGrid.Threads, numbers.Address, (ulong)count, k0, k1, k2, k3, BitConverter.DoubleToUInt64Bits(scale), BitConverter.DoubleToUInt64Bits(offset));
    }
}
