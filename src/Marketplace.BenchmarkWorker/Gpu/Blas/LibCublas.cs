using System.Runtime.InteropServices;

namespace Marketplace.BenchmarkWorker.Gpu.Blas;

/// <summary>cuBLAS, found by its soname; it brings cuBLASLt, which it calls itself, along.</summary>
internal sealed unsafe class LibCublas : ICublas
{
    private const int NoTranspose = 0;
    private const int Transpose = 1;
    private const int DefaultAlgorithm = -1;
    private static readonly int[] Majors = [13, 12, 11];

    private readonly delegate* unmanaged<nint*, int> create;
    private readonly delegate* unmanaged<nint, int> destroy;
    private readonly delegate* unmanaged<nint, nint, int> setStream;
    private readonly delegate* unmanaged<nint, int, int, int, int, int, void*, ulong, int, int, ulong, int, int, void*, ulong, int, int, int, int, int> gemm;

    private LibCublas(nint library, string name)
    {
        Name = name;
        create = (delegate* unmanaged<nint*, int>)NativeLibrary.GetExport(library, "cublasCreate_v2");
        destroy = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "cublasDestroy_v2");
        setStream = (delegate* unmanaged<nint, nint, int>)NativeLibrary.GetExport(library, "cublasSetStream_v2");
        gemm = (delegate* unmanaged<nint, int, int, int, int, int, void*, ulong, int, int, ulong, int, int, void*, ulong, int, int, int, int, int>)
            NativeLibrary.GetExport(library, "cublasGemmEx");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The newest that is installed, or null.</summary>
    public static LibCublas? TryLoad()
    {
        foreach (var major in Majors)
        {
            if (!NativeLibrary.TryLoad($"libcublas.so.{major}", out var library)) continue;
            try
            {
                return new LibCublas(library, $"cublas-{major}");
            }
            catch (EntryPointNotFoundException)
            {
                // Not the library we know; an older one may be next to it.
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public int Create(out nint handle)
    {
        fixed (nint* to = &handle) return create(to);
    }

    /// <inheritdoc/>
    public int Destroy(nint handle) => destroy(handle);

    /// <inheritdoc/>
    public int SetStream(nint handle, nint stream) => setStream(handle, stream);

    /// <inheritdoc/>
    public int GemmTransposed(nint handle, BlasTypes types, int m, int n, int k, ulong a, int lda, ulong b, int ldb, ulong c, int ldc)
    {
        // Alpha and beta are of the compute type: int for int8, float otherwise. Zero has the same bits in both.
        var one = types == BlasTypes.Int8 ? 1 : BitConverter.SingleToInt32Bits(1);
        var zero = 0;
        return gemm(
            handle, Transpose, NoTranspose, m, n, k, &one, a, types.Operand, lda, b, types.Operand, ldb, &zero, c, types.Result, ldc, types.Compute, DefaultAlgorithm);
    }
}
