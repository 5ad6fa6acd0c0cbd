using Marketplace.BenchmarkWorker.Gpu.Blas;
using Marketplace.BenchmarkWorker.Gpu.Driver;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Gpu;

/// <summary>
/// Rounds of a product on one GPU. A, B and C live on the device; a round is queued whole (elements, product, digests) behind the one
/// before, and 8 bytes per tile of 16,384 sums come back, so that the link to the host is no part of the rate. The host hashes the
/// digests of a round while the device works on the next.
/// </summary>
internal sealed class TilesEngine : IRoundEngine
{
    private const int Tile = 128;
    private const int ElementThreads = 256;
    private readonly GpuContext context;
    private readonly TileShape shape;
    private readonly int elementBlocks;
    private readonly List<IDisposable> owned = [];
    private readonly TileMultiplier multiplier;
    private readonly GpuKernel elements;
    private readonly GpuKernel digest;
    private readonly DeviceMemory a;
    private readonly DeviceMemory b;
    private readonly DeviceMemory c;
    private readonly DeviceMemory digests;
    private readonly RoundSlots slots;

    /// <summary>Compiles the kernels, tests that products are exact, takes the memory.</summary>
    /// <param name="context">The device.</param>
    /// <param name="multiprocessors">How many it has.</param>
    /// <param name="precision">Of the elements.</param>
    /// <param name="shape">Of the product.</param>
    /// <param name="inFlight">Rounds begun and not ended at most.</param>
    /// <param name="blas">Null where it is not installed.</param>
    /// <exception cref="NotSupportedException">Not the memory, or inexact products.</exception>
    /// <exception cref="GpuException">The driver refuses.</exception>
    public TilesEngine(GpuContext context, int multiprocessors, TilePrecision precision, TileShape shape, int inFlight, ICublas? blas)
    {
        (this.context, this.shape) = (context, shape);
        elementBlocks = multiprocessors * 8;
        context.MakeCurrent();
        try
        {
            multiplier = Own(TileMultiplier.FirstExact(context, precision, blas));
            elements = Own(context.Load(KernelTexts.Elements(precision))).Kernel("elements");
            digest = Own(context.Load(KernelTexts.Digest(precision))).Kernel("digest");
            a = Own(context.Allocate((long)shape.Rows * shape.Depth * precision.ElementBytes));
            b = Own(context.Allocate((long)shape.Columns * shape.Depth * precision.ElementBytes));
            c = Own(context.Allocate((long)shape.Rows * shape.Columns * 4));
            digests = Own(context.Allocate((long)(shape.Rows / Tile) * (shape.Columns / Tile) * 8));
            slots = Own(new RoundSlots(context, digests.Bytes, inFlight));
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <inheritdoc/>
    public string KernelPath => multiplier.KernelPath;

    /// <inheritdoc/>
    public void Begin(int round, ReadOnlySpan<byte> seed, ulong[] received)
    {
        context.MakeCurrent();
        Generate(a, (long)shape.Rows * shape.Depth, ElementKey.Derive(seed, Operand.A));
        Generate(b, (long)shape.Columns * shape.Depth, ElementKey.Derive(seed, Operand.B));
        multiplier.Multiply(shape, a, b, c);
        digest.Launch(shape.Columns / Tile, shape.Rows / Tile, Tile, c.Address, digests.Address, (ulong)shape.Columns * 4);
        slots.Fetch(round, digests, received);
    }

    /// <inheritdoc/>
    public void End(int round)
    {
        context.MakeCurrent();
        slots.Receive(round);
    }

    /// <inheritdoc/>
    public void RunBare()
    {
        context.MakeCurrent();
        multiplier.Multiply(shape, a, b, c);
        context.Wait();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = context.Driver.SetCurrentContext(context.Handle);
        Release();
    }

    private void Generate(DeviceMemory matrix, long count, ElementKey key)
    {
        var groups = count / 4;
        var blocks = (int)Math.Min(elementBlocks, (groups + ElementThreads - 1) / ElementThreads);
        var (k0, k1, k2, k3) = key.Parts;
        elements.Launch(blocks, 1, ElementThreads, matrix.Address, (ulong)groups, k0, k1, k2, k3);
    }

    private T Own<T>(T resource) where T : IDisposable
    {
        owned.Add(resource);
        return resource;
    }

    private void Release()
    {
        for (var i = owned.Count - 1; i >= 0; i--) owned[i].Dispose();
        owned.Clear();
    }
}
