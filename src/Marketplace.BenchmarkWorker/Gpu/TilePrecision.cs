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
