using Marketplace.BenchmarkWorker.Gpu.Driver;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Gpu;

/// <summary>Passes over the device's memory.</summary>
internal sealed class MemoryEngine : GpuEngine
{
    private const int Threads = 128;
    private readonly int blocks;
    private GpuKernel pass = null!;
    private DeviceMemory memory = null!;
    private DeviceMemory digests = null!;

    /// <summary>Compiles the kernel and takes the memory, all in one piece.</summary>
    /// <param name="context">The device.</param>
    /// <param name="blocks">Blocks of 256 KiB.</param>
    /// <param name="inFlight">Rounds begun and not ended at most.</param>
    /// <exception cref="NotSupportedException">Not the memory.</exception>
    /// <exception cref="GpuException">The driver refuses.</exception>
    public MemoryEngine(GpuContext context, int blocks, int inFlight) : base(context)
    {
        this.blocks = blocks;
        Take(blocks, inFlight, () =>
        {
            pass = Own(context.Load(KernelTexts.Read("memory.ptx"))).Kernel("pass");
            memory = Own(context.Allocate((long)blocks * MemoryBlock.Bytes));
            digests = Own(context.Allocate(blocks * 8L));
        });
    }

    /// <inheritdoc/>
    public override string KernelPath => "ptx-passes";

    /// <inheritdoc/>
    protected override DeviceMemory Queue(int round, ReadOnlySpan<byte> seed)
    {
        pass.Launch(blocks, 1, Threads, memory.Address, digests.Address, MemoryBlock.Key(seed), round == 0 ? 1UL : 0);
        return digests;
    }

    /// <summary>A plain device copy that moves as many bytes as a pass: half of the memory to the other half, and back.</summary>
    protected override void QueueBare()
    {
        var half = memory.Bytes / 2;
        var (first, second) = (memory.Address, memory.Address + (ulong)half);
        Context.Check(Context.Driver.CopyOnDevice(second, first, (nuint)half, Context.Stream), "copy its memory");
        Context.Check(Context.Driver.CopyOnDevice(first, second, (nuint)half, Context.Stream), "copy its memory");
    }
}
