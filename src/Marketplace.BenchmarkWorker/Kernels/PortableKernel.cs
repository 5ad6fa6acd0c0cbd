namespace Marketplace.BenchmarkWorker.Kernels;

/// <summary>The kernel in plain arithmetic, for processors without AVX2 and as the one the others are compared with.</summary>
internal sealed class PortableKernel : TileKernel
{
    /// <inheritdoc/>
    public override string Name => "portable";

    /// <inheritdoc/>
    public override int RowsPerPanel => 4;

    /// <inheritdoc/>
    public override int ColumnsPerPanel => 4;

    /// <inheritdoc/>
    protected override void AddCorner(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int pairs, Span<int> corner)
    {
        for (var i = 0; i < 4; i++)
        {
            int s0 = 0, s1 = 0, s2 = 0, s3 = 0;
            for (var p = 0; p < pairs; p++)
            {
                var x0 = a[(p * 8) + (i * 2)];
                var x1 = a[(p * 8) + (i * 2) + 1];
                var y = b.Slice(p * 8, 8);

                // Sums of 32,768 products of two int8, or 8,192 of two numbers up to 256, fit in 32 bits; overflow checks would only cost time.
                unchecked
                {
                    s0 += (x0 * y[0]) + (x1 * y[1]);
                    s1 += (x0 * y[2]) + (x1 * y[3]);
                    s2 += (x0 * y[4]) + (x1 * y[5]);
                    s3 += (x0 * y[6]) + (x1 * y[7]);
                }
            }

            var row = corner.Slice(i * Block, 4);
            row[0] += s0;
            row[1] += s1;
            row[2] += s2;
            row[3] += s3;
        }
    }
}
