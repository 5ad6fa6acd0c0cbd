namespace Marketplace.BenchmarkWorker.Tests.Ptx;

/// <summary>
/// What the 32 threads of a warp do together: loading fragments from shared memory and multiplying them. Layouts are the ISA's figures
/// "MMA .m16n8k16 fragment layout" for bf16, "MMA .m16n8k32" for s8, and the one of ldmatrix.
/// </summary>
internal static class PtxWarpWork
{
    /// <summary>fp32 holds every integer up to here; a tensor core is exact on integers only while all partial sums stay under it.</summary>
    private const double ExactLimit = 1 << 24;

    public static Action<PtxThread[]>? TryBind(PtxKernel kernel, string opcode, string[] operands)
    {
        switch (opcode)
        {
            case "ldmatrix.sync.aligned.m8n8.x4.shared.b16" when operands.Length == 2:
                var (loaded, address) = (PtxInstruction.Vector(kernel, operands[0], 4, PtxType.B32), PtxMemoryAccess.Address(kernel, operands[1], PtxType.U32));
                return warp => LoadMatrices(warp, loaded, address);
            case "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32" when operands.Length == 4:
                return BindProduct(kernel, operands, PtxType.F32, 16, Bfloat16At, SumFloats);
            case "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32" when operands.Length == 4:
                return BindProduct(kernel, operands, PtxType.S32, 32, SignedByteAt, SumIntegers);
            default:
                return null;
        }
    }

    // Thread 8m + r shows the address of row r of matrix m; afterwards thread t holds of each matrix row t / 4, bytes 4 (t mod 4) to + 3.
    private static void LoadMatrices(PtxThread[] warp, int[] loaded, Func<PtxThread, ulong> address)
    {
        var rows = warp.Select(address).ToArray();
        foreach (var row in rows) if (row % 16 != 0) throw new PtxMemoryException("A row of ldmatrix is not aligned.");
        foreach (var thread in warp)
        {
            var lane = thread.Index % 32;
            for (var m = 0; m < 4; m++)
                thread.Registers[loaded[m]] = thread.Block.Shared.Read(rows[(8 * m) + (lane / 4)] + (ulong)(4 * (lane % 4)), 4, thread.Index);
        }
    }

    private static Action<PtxThread[]> BindProduct(
        PtxKernel kernel, string[] operands, PtxType sum, int depth, Func<ulong, int, int> at, Func<ulong, int[], ulong> add)
    {
        var d = PtxInstruction.Vector(kernel, operands[0], 4, sum);
        var a = PtxInstruction.Vector(kernel, operands[1], 4, PtxType.B32);
        var b = PtxInstruction.Vector(kernel, operands[2], 2, PtxType.B32);
        var c = PtxInstruction.Vector(kernel, operands[3], 4, sum);
        var perRegister = depth / 8;
        return warp =>
        {
            // A: rows g and g + 8 (g = lane / 4) in registers 0 and 1, the second half of the depth in 2 and 3. B: columns g, halves in 0 and 1.
            var left = new int[16 * depth];
            var right = new int[8 * depth];
            foreach (var thread in warp)
            {
                var (g, t) = (thread.Index % 32 / 4, thread.Index % 4);
                for (var e = 0; e < perRegister; e++)
                {
                    for (var r = 0; r < 4; r++)
                        left[((g + (r % 2 * 8)) * depth) + (r / 2 * depth / 2) + (t * perRegister) + e] = at(thread.Registers[a[r]], e);
                    for (var r = 0; r < 2; r++)
                        right[(g * depth) + (r * depth / 2) + (t * perRegister) + e] = at(thread.Registers[b[r]], e);
                }
            }

            // Sums: rows g (registers 0, 1) and g + 8 (2, 3), columns 2t and 2t + 1. A and B are read by now, and c only by its owner: d may be c.
            var products = new int[depth];
            foreach (var thread in warp)
            {
                var (g, t) = (thread.Index % 32 / 4, thread.Index % 4);
                for (var r = 0; r < 4; r++)
                {
                    var (row, column) = ((g + (r / 2 * 8)) * depth, ((2 * t) + (r % 2)) * depth);
                    for (var k = 0; k < depth; k++) products[k] = left[row + k] * right[column + k];
                    thread.Registers[d[r]] = add(thread.Registers[c[r]], products);
                }
            }
        };
    }

    private static int SignedByteAt(ulong register, int e) => unchecked((sbyte)(register >> (8 * e)));

    private static int Bfloat16At(ulong register, int e)
    {
        var value = BitConverter.UInt32BitsToSingle((uint)((register >> (16 * e)) & 0xffff) << 16);
        return float.IsInteger(value) ? (int)value : throw new PtxException($"{value} is no integer: the proof's inputs are.");
    }

    private static ulong SumIntegers(ulong start, int[] products)
    {
        var sum = unchecked((int)start);
        foreach (var product in products) sum = unchecked(sum + product);
        return unchecked((uint)sum);
    }

    private static ulong SumFloats(ulong start, int[] products)
    {
        // Whatever order and width the device adds in, it can't pass the sum of all magnitudes.
        double sum = BitConverter.UInt32BitsToSingle((uint)start);
        var most = Math.Abs(sum);
        foreach (var product in products) (sum, most) = (sum + product, most + Math.Abs((double)product));
        if (most > ExactLimit) throw new PtxException($"A partial sum may reach {most}: the tensor core would round.");
        return BitConverter.SingleToUInt32Bits((float)sum);
    }
}
