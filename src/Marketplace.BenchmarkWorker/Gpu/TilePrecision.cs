using System.Buffers.Binary;
using Marketplace.BenchmarkWorker.Gpu.Blas;

namespace Marketplace.BenchmarkWorker.Gpu;

/// <summary>What differs between tiles of one precision and another: sizes, and the gaps in the kernels' texts.</summary>
/// <param name="Name">In reports.</param>
/// <param name="ElementBytes">Bytes of an element of A and B.</param>
/// <param name="Largest">The largest magnitude of an element.</param>
/// <param name="BlasTypes">The same for cuBLAS.</param>
/// <param name="StoreElements">PTX: four words %x0 to %x3 to elements, written as group %group of %matrix.</param>
/// <param name="SumType">PTX: the type of a sum.</param>
/// <param name="Zero">PTX: a zero of that type.</param>
/// <param name="Multiply">PTX: the tensor core's instruction.</param>
/// <param name="ConvertSums">PTX: loaded sums %s0 to %s3 to the words that the digest takes in.</param>
internal sealed record TilePrecision(
    string Name, int ElementBytes, int Largest, BlasTypes BlasTypes, string StoreElements, string SumType, string Zero, string Multiply, string ConvertSums)
{
    /// <summary>int8 elements with int32 sums: an element is its word's highest byte.</summary>
    public static TilePrecision Int8 { get; } = new(
        "int8",
        1,
        127,
        BlasTypes.Int8,
        """
        prmt.b32 %low, %x0, %x1, 0x0073;
            prmt.b32 %high, %x2, %x3, 0x0073;
            prmt.b32 %low, %low, %high, 0x5410;
            mul.wide.u32 %offset, %group, 4;
            add.u64 %address, %matrix, %offset;
            st.global.u32 [%address], %low;
        """,
        "s32",
        "0",
        "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32",
        "// int32 sums are taken in as they are.");

    /// <summary>
    /// bf16 elements with fp32 sums: an element is the integer of its word's highest nine bits, -256 to 255, which bf16 holds. Sums are
    /// integers too, exact while they stay under 2^24, and are digested as int32.
    /// </summary>
    public static TilePrecision Bfloat16 { get; } = new(
        "bf16",
        2,
        255,
        BlasTypes.Bfloat16,
        """
        shr.s32 %e0, %x0, 23;
            shr.s32 %e1, %x1, 23;
            shr.s32 %e2, %x2, 23;
            shr.s32 %e3, %x3, 23;
            cvt.rn.f32.s32 %f0, %e0;
            cvt.rn.f32.s32 %f1, %e1;
            cvt.rn.f32.s32 %f2, %e2;
            cvt.rn.f32.s32 %f3, %e3;
            cvt.rn.bf16x2.f32 %low, %f1, %f0;
            cvt.rn.bf16x2.f32 %high, %f3, %f2;
            mul.wide.u32 %offset, %group, 8;
            add.u64 %address, %matrix, %offset;
            st.global.v2.b32 [%address], {%low, %high};
        """,
        "f32",
        "0f00000000",
        "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32",
        """
        mov.b32 %f0, %s0;
            mov.b32 %f1, %s1;
            mov.b32 %f2, %s2;
            mov.b32 %f3, %s3;
            cvt.rzi.s32.f32 %s0, %f0;
            cvt.rzi.s32.f32 %s1, %f1;
            cvt.rzi.s32.f32 %s2, %f2;
            cvt.rzi.s32.f32 %s3, %f3;
        """);

    /// <summary>Whether a sum is a float on the device.</summary>
    public bool SumsAreFloats => SumType == "f32";

    /// <summary>A sum from its bits on the device; int.MinValue for a float that is no whole number.</summary>
    public int SumOf(int bits)
    {
        if (!SumsAreFloats) return bits;
        var value = BitConverter.Int32BitsToSingle(bits);
        return float.IsInteger(value) && Math.Abs(value) < int.MaxValue ? (int)value : int.MinValue;
    }

    /// <summary>Writes an element as the device has it.</summary>
    public void WriteElement(Span<byte> to, int value)
    {
        if (ElementBytes == 1) to[0] = unchecked((byte)(sbyte)value);
        else BinaryPrimitives.WriteUInt16LittleEndian(to, (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
    }
}
