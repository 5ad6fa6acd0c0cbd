using System.Runtime.InteropServices;

namespace Marketplace.BenchmarkWorker.Gpu;

/// <summary>
/// Multiplies two matrices whose sums come as near to 2^24 as a proof's may, and in all parities, and compares every sum: fp32 holds
/// each of them, and an adder that drops the last bit anywhere on the way gets half of them wrong.
/// </summary>
internal static class ExactnessTest
{
    private const int Size = 128;
    private const int Depth = 256;

    /// <summary>Whether all sums are right.</summary>
    public static bool Passes(GpuContext context, TilePrecision precision, TileMultiplier multiplier)
    {
        var shape = new TileShape(Size, Size, Depth);
        var operandBytes = Size * Depth * precision.ElementBytes;
        using var a = context.Allocate(operandBytes);
        using var b = context.Allocate(operandBytes);
        using var c = context.Allocate(Size * Size * 4);
        using var staging = context.AllocatePinned(Math.Max(operandBytes, Size * Size * 4));
        Upload(context, precision, staging, a, (i, k) => Left(precision, i, k));
        Upload(context, precision, staging, b, (j, k) => Right(precision, j, k));
        multiplier.Multiply(shape, a.Address, b.Address, c.Address);
        context.Check(context.Driver.CopyToHost(staging.Address, c.Address, Size * Size * 4, context.Stream), "copy");
        context.Wait();
        var sums = MemoryMarshal.Cast<ulong, int>(staging.Words)[..(Size * Size)];
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j < Size; j++)
            {
                var sum = 0;
                for (var k = 0; k < Depth; k++) sum += Left(precision, i, k) * Right(precision, j, k);
                if (precision.SumOf(sums[(i * Size) + j]) != sum) return false;
            }
        }

        return true;
    }

    // All at the largest magnitude, so that 256 products make 255 * 255 * 256, just under 2^24; the first differs, for the parity.
    private static int Left(TilePrecision precision, int i, int k) => k == 0 ? (i % precision.Largest) - (precision.Largest / 2) : precision.Largest;

    private static int Right(TilePrecision precision, int j, int k) => (j % 2 == 0 ? 1 : -1) * (k == 1 ? j % precision.Largest : precision.Largest);

    private static void Upload(GpuContext context, TilePrecision precision, PinnedMemory staging, DeviceMemory to, Func<int, int, int> element)
    {
        var bytes = MemoryMarshal.AsBytes(staging.Words);
        for (var line = 0; line < Size; line++)
        {
            for (var k = 0; k < Depth; k++) precision.WriteElement(bytes[(((line * Depth) + k) * precision.ElementBytes)..], element(line, k));
        }

        context.Check(context.Driver.CopyToDevice(to.Address, staging.Address, (nuint)to.Bytes, context.Stream), "copy");
        context.Wait();
    }
}
