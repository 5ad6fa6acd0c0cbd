namespace Marketplace.BenchmarkWorker.Tests.Ptx;

/// <summary>A type of a register or of an instruction.</summary>
internal enum PtxType
{
    Pred,
    B32,
    B64,
    U32,
    U64,
    S32,
    S64,
    F32,
    F64,
}

internal static class PtxTypes
{
    private static readonly Dictionary<string, PtxType> ByName = Enum.GetValues<PtxType>().ToDictionary(Name);

    /// <summary>As it stands in PTX, without the dot.</summary>
    public static string Name(this PtxType type) => type.ToString().ToLowerInvariant();

    public static PtxType Parse(string text) => ByName.TryGetValue(text, out var type) ? type : throw new PtxException($"'{text}' is no type that our kernels use.");

    /// <summary>Bytes of a value; a predicate has none in memory.</summary>
    public static int Size(this PtxType type) => type switch
    {
        PtxType.Pred => 0,
        PtxType.B32 or PtxType.U32 or PtxType.S32 or PtxType.F32 => 4,
        _ => 8,
    };

    public static bool IsFloat(this PtxType type) => type is PtxType.F32 or PtxType.F64;

    private static bool IsBits(this PtxType type) => type is PtxType.B32 or PtxType.B64;

    /// <summary>
    /// The ISA's rule for operands (Operand Size Exceeding..., "Type Checking Rules"): sizes agree, and either one of the two is
    /// untyped bits, or both are the same type, or both are integers of whatever sign.
    /// </summary>
    public static bool Agrees(this PtxType operand, PtxType instruction)
    {
        if (operand == PtxType.Pred || instruction == PtxType.Pred) return operand == instruction;
        if (operand.Size() != instruction.Size()) return false;
        return operand.IsBits() || instruction.IsBits() || operand == instruction || (!operand.IsFloat() && !instruction.IsFloat());
    }
}

/// <summary>A text that is not PTX as we allow it, or a kernel that does what a device would not do or would do wrongly.</summary>
internal sealed class PtxException(string message) : Exception(message);

/// <summary>An access outside the device's memory or across its alignment, for which a driver reports a sticky error.</summary>
internal sealed class PtxMemoryException(string message) : Exception(message);
