namespace Marketplace.BenchmarkWorker.Gpu.Blas;

/// <summary>The functions of cuBLAS that we use, as they stand in cublas_api.h but for names; all return a status, 0 for success.</summary>
internal interface ICublas
{
    /// <summary>The library's name with its major version, for reports.</summary>
    string Name { get; }

    /// <summary>cublasCreate, for the current context.</summary>
    int Create(out nint handle);

    /// <summary>cublasDestroy.</summary>
    int Destroy(nint handle);

    /// <summary>cublasSetStream.</summary>
    int SetStream(nint handle, nint stream);

    /// <summary>
    /// cublasGemmEx, which computes C = op(A)·op(B) with everything column by column, here always with op(A) the transpose, op(B) = B,
    /// alpha = 1 and beta = 0.
    /// </summary>
    /// <param name="handle">From <see cref="Create"/>.</param>
    /// <param name="types">What the elements are.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Depth.</param>
    /// <param name="a">k x m, column by column.</param>
    /// <param name="lda">From one column of A to the next.</param>
    /// <param name="b">k x n, column by column.</param>
    /// <param name="ldb">From one column of B to the next.</param>
    /// <param name="c">Receives m x n, column by column.</param>
    /// <param name="ldc">From one column of C to the next.</param>
    int GemmTransposed(nint handle, BlasTypes types, int m, int n, int k, ulong a, int lda, ulong b, int ldb, ulong c, int ldc);
}

/// <summary>Types of operands, results and sums, by their numbers in library_types.h and cublas_api.h.</summary>
/// <param name="Operand">cudaDataType of A and B.</param>
/// <param name="Result">cudaDataType of C.</param>
/// <param name="Compute">cublasComputeType_t.</param>
internal readonly record struct BlasTypes(int Operand, int Result, int Compute)
{
    /// <summary>CUDA_R_8I to CUDA_R_32I by CUBLAS_COMPUTE_32I.</summary>
    public static BlasTypes Int8 { get; } = new(3, 10, 72);

    /// <summary>CUDA_R_16BF to CUDA_R_32F by CUBLAS_COMPUTE_32F.</summary>
    public static BlasTypes Bfloat16 { get; } = new(14, 0, 68);
}
