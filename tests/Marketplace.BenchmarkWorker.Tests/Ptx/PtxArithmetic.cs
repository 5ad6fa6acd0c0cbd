using System.Numerics;
using static Marketplace.BenchmarkWorker.Tests.Ptx.PtxType;

namespace Marketplace.BenchmarkWorker.Tests.Ptx;

/// <summary>An instruction of one thread on registers only: the types of its result and operands, and what it computes.</summary>
/// <remarks>
/// The table is the list of what our kernels may say, each opcode with all its modifiers as the ISA's grammar has them; anything
/// else is refused. Registers hold raw bits; a 32-bit value has zeros above.
/// </remarks>
internal sealed record PtxArithmetic(PtxType Result, PtxType[] Operands, Func<ulong, ulong, ulong, ulong> Compute)
{
    public static readonly IReadOnlyDictionary<string, PtxArithmetic> Table = Build();

    private static Dictionary<string, PtxArithmetic> Build()
    {
        var table = new Dictionary<string, PtxArithmetic>();
        void Add(string opcode, PtxType result, PtxType[] operands, Func<ulong, ulong, ulong, ulong> compute) =>
            table.Add(opcode, new PtxArithmetic(result, operands, compute));

        unchecked
        {
            foreach (var type in (PtxType[])[U32, S32, U64, B32, B64, F32, F64, S64])
                Add($"mov.{type.Name()}", type, [type], (a, _, _) => a);
            Add("add.u32", U32, [U32, U32], (a, b, _) => (uint)(a + b));
            Add("add.s32", S32, [S32, S32], (a, b, _) => (uint)(a + b));
            Add("add.u64", U64, [U64, U64], (a, b, _) => a + b);
            Add("sub.u32", U32, [U32, U32], (a, b, _) => (uint)(a - b));
            Add("sub.s32", S32, [S32, S32], (a, b, _) => (uint)(a - b));
            Add("sub.u64", U64, [U64, U64], (a, b, _) => a - b);
            Add("mul.lo.u32", U32, [U32, U32], (a, b, _) => (uint)(a * b));
            Add("mul.hi.u32", U32, [U32, U32], (a, b, _) => (a * b) >> 32);
            Add("mul.lo.u64", U64, [U64, U64], (a, b, _) => a * b);
            Add("mul.hi.u64", U64, [U64, U64], (a, b, _) => Math.BigMul(a, b, out _));
            Add("mul.wide.u32", U64, [U32, U32], (a, b, _) => a * b);
            Add("mad.lo.u32", U32, [U32, U32, U32], (a, b, c) => (uint)((a * b) + c));
            Add("mad.lo.u64", U64, [U64, U64, U64], (a, b, c) => (a * b) + c);
            Add("mad.wide.u32", U64, [U32, U32, U64], (a, b, c) => (a * b) + c);
            Add("div.u32", U32, [U32, U32], (a, b, _) => b == 0 ? throw new PtxException("division by zero") : a / b);
            Add("rem.u32", U32, [U32, U32], (a, b, _) => b == 0 ? throw new PtxException("division by zero") : a % b);
            Add("min.u32", U32, [U32, U32], (a, b, _) => Math.Min(a, b));
            Add("and.b32", B32, [B32, B32], (a, b, _) => a & b);
            Add("or.b32", B32, [B32, B32], (a, b, _) => a | b);
            Add("xor.b32", B32, [B32, B32], (a, b, _) => a ^ b);
            Add("and.b64", B64, [B64, B64], (a, b, _) => a & b);
            Add("or.b64", B64, [B64, B64], (a, b, _) => a | b);
            Add("xor.b64", B64, [B64, B64], (a, b, _) => a ^ b);
            Add("shl.b32", B32, [B32, U32], (a, n, _) => n > 31 ? 0 : (uint)(a << (int)n));
            Add("shr.u32", U32, [U32, U32], (a, n, _) => n > 31 ? 0 : a >> (int)n);
            Add("shr.s32", S32, [S32, U32], (a, n, _) => (uint)((int)a >> (int)Math.Min(n, 31)));
            Add("shl.b64", B64, [B64, U32], (a, n, _) => n > 63 ? 0 : a << (int)n);
            Add("shr.u64", U64, [U64, U32], (a, n, _) => n > 63 ? 0 : a >> (int)n);
            Add("shf.l.wrap.b32", B32, [B32, B32, U32], (low, high, n) => (uint)((((high << 32) | low) << (int)(n & 31)) >> 32));
            Add("prmt.b32", B32, [B32, B32, B32], Permute);
            foreach (var (type, size) in ((PtxType, ulong)[])[(U32, uint.MaxValue), (U64, ulong.MaxValue)])
            {
                Add($"setp.eq.{type.Name()}", Pred, [type, type], (a, b, _) => a == b ? 1u : 0);
                Add($"setp.ne.{type.Name()}", Pred, [type, type], (a, b, _) => a != b ? 1u : 0);
                Add($"setp.lt.{type.Name()}", Pred, [type, type], (a, b, _) => a < b ? 1u : 0);
                Add($"setp.le.{type.Name()}", Pred, [type, type], (a, b, _) => a <= b ? 1u : 0);
                Add($"setp.gt.{type.Name()}", Pred, [type, type], (a, b, _) => a > b ? 1u : 0);
                Add($"setp.ge.{type.Name()}", Pred, [type, type], (a, b, _) => a >= b ? 1u : 0);
            }

            Add("selp.u32", U32, [U32, U32, Pred], (a, b, p) => p != 0 ? a : b);
            Add("selp.u64", U64, [U64, U64, Pred], (a, b, p) => p != 0 ? a : b);
            Add("cvta.to.global.u64", U64, [U64], (a, _, _) => a);
            Add("cvt.u64.u32", U64, [U32], (a, _, _) => a);
            Add("cvt.u32.u64", U32, [U64], (a, _, _) => (uint)a);
            Add("cvt.rn.f32.s32", F32, [S32], (a, _, _) => BitConverter.SingleToUInt32Bits((int)a));
            Add("cvt.rn.f64.s32", F64, [S32], (a, _, _) => BitConverter.DoubleToUInt64Bits((int)a));
            Add("cvt.rn.f64.u32", F64, [U32], (a, _, _) => BitConverter.DoubleToUInt64Bits((uint)a));
            Add("cvt.rzi.s32.f32", S32, [F32], (a, _, _) => (uint)(int)BitConverter.UInt32BitsToSingle((uint)a));
            Add("cvt.rn.bf16x2.f32", B32, [F32, F32], (high, low, _) => (ToBfloat16(high) << 16) | ToBfloat16(low));
            Add("fma.rn.f64", F64, [F64, F64, F64], (a, b, c) => BitConverter.DoubleToUInt64Bits(Math.FusedMultiplyAdd(
                BitConverter.UInt64BitsToDouble(a), BitConverter.UInt64BitsToDouble(b), BitConverter.UInt64BitsToDouble(c))));
        }

        return table;
    }

    // Each nibble picks one of the eight bytes of b:a; its highest bit would spread a sign, which our kernels don't use.
    private static ulong Permute(ulong a, ulong b, ulong selector)
    {
        var bytes = (b << 32) | a;
        var result = 0UL;
        for (var i = 0; i < 4; i++)
        {
            var nibble = (int)(selector >> (4 * i)) & 15;
            if (nibble > 7) throw new PtxException("prmt with a sign is not used here");
            result |= ((bytes >> (8 * nibble)) & 255) << (8 * i);
        }

        return result;
    }

    // To the nearest, ties to even; our values are finite.
    private static ulong ToBfloat16(ulong single)
    {
        var bits = (uint)single;
        return ((bits + 0x7fff + ((bits >> 16) & 1)) >> 16) & 0xffff;
    }
}
