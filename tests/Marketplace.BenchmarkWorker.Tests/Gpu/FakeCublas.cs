using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Marketplace.BenchmarkWorker.Gpu.Blas;

namespace Marketplace.BenchmarkWorker.Tests.Gpu;

/// <summary>cuBLAS by its documentation: everything column by column, C = transposed(A)·B. It may be made to fail or to round.</summary>
internal sealed class FakeCublas(FakeDriver driver) : ICublas
{
    private nint stream;

    public int Status { get; init; }

    /// <summary>Adds as if the sums had one bit less than fp32.</summary>
    public bool DropsABit { get; set; }

    public int Products { get; private set; }

    public string Name => "cublas-fake";

    public int Create(out nint handle)
    {
        handle = 1;
        return Status;
    }

    public int Destroy(nint handle) => 0;

    public int SetStream(nint handle, nint to)
    {
        stream = to;
        return 0;
    }

    public int GemmTransposed(nint handle, BlasTypes types, int m, int n, int k, ulong a, int lda, ulong b, int ldb, ulong c, int ldc)
    {
        Products++;
        return driver.Queue(stream, gpu =>
        {
            var size = types == BlasTypes.Int8 ? 1 : 2;
            var (left, right) = (Operand(gpu, a, lda, m, k, size), Operand(gpu, b, ldb, n, k, size));
            var result = MemoryMarshal.Cast<byte, int>(gpu.Memory.Bytes(c, (ulong)(((ldc * (n - 1)) + m) * 4)));
            for (var column = 0; column < n; column++)
            {
                for (var row = 0; row < m; row++)
                {
                    var sum = 0;
                    for (var depth = 0; depth < k; depth++) sum += left[(row * k) + depth] * right[(column * k) + depth];
                    if (DropsABit) sum &= ~1;
                    result[row + (column * ldc)] = size == 1 ? sum : BitConverter.SingleToInt32Bits(sum);
                }
            }
        });
    }

    // Columns of k elements, ld apart: a transposed operand's rows and a plain one's columns are the same memory.
    private static int[] Operand(FakeGpu gpu, ulong at, int ld, int columns, int k, int size)
    {
        var bytes = gpu.Memory.Bytes(at, (ulong)(((ld * (columns - 1)) + k) * size));
        var elements = new int[columns * k];
        for (var column = 0; column < columns; column++)
        {
            for (var depth = 0; depth < k; depth++)
            {
                var from = ((column * ld) + depth) * size;
                elements[(column * k) + depth] = size == 1
                    ? unchecked((sbyte)bytes[from])
                    : (int)BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[from..]) << 16);
            }
        }

        return elements;
    }
}
