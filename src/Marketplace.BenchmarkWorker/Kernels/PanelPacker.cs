using System.Runtime.Intrinsics;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Kernels;

/// <summary>
/// Makes a block of 128 lines from its key straight in packed order, so that no matrix is ever stored unpacked. Lanes run over lines
/// and two neighbouring k, as they lie in a panel, and step along k by adding 2 to every index.
/// </summary>
internal static class PanelPacker
{
    /// <summary>Packs a block.</summary>
    /// <param name="key">The matrix's key.</param>
    /// <param name="shift">How far a word is shifted down to its element: 24 for int8, 23 for bf16.</param>
    /// <param name="firstLine">The block's first row of A or column of B.</param>
    /// <param name="depth">K, even.</param>
    /// <param name="panel">Lines in a panel, a multiple of 4 that divides 128.</param>
    /// <param name="block">Receives 128 x depth numbers.</param>
    public static void Pack(ElementKey key, int shift, int firstLine, int depth, int panel, Span<short> block)
    {
        for (var line = 0; line < TileKernel.Block; line += panel)
        {
            var lines = block.Slice(line * depth, panel * depth);
            var first = unchecked((uint)((long)(firstLine + line) * depth));
            if (Vector512.IsHardwareAccelerated && panel % 8 == 0) PackPanel512(key, shift, first, depth, panel, lines);
            else if (Vector256.IsHardwareAccelerated) PackPanel256(key, shift, first, depth, panel, lines);
            else PackPanel(key, shift, first, depth, panel, lines);
        }
    }

    /// <summary>One panel, element by element.</summary>
    internal static void PackPanel(ElementKey key, int shift, uint first, int depth, int panel, Span<short> block)
    {
        for (var k = 0; k < depth; k++)
        {
            for (var line = 0; line < panel; line++)
                block[(((k / 2 * panel) + line) * 2) + (k % 2)] = unchecked((short)((int)key.Word(first + (uint)((line * depth) + k)) >> shift));
        }
    }

    /// <summary>One panel, four lines at a time.</summary>
    internal static void PackPanel256(ElementKey key, int shift, uint first, int depth, int panel, Span<short> block)
    {
        var lanes = (Vector256<uint>.Indices >>> 1) * (uint)depth + (Vector256<uint>.Indices & Vector256.Create(1u));
        for (var line = 0; line < panel; line += 4)
        {
            var index = lanes + Vector256.Create(first + (uint)(line * depth));
            for (var at = line * 2; at < block.Length; at += panel * 2)
            {
                var elements = key.Words(index).AsInt32() >> shift;
                Vector128.Narrow(elements.GetLower(), elements.GetUpper()).CopyTo(block[at..]);
                index += Vector256.Create(2u);
            }
        }
    }

    /// <summary>One panel, eight lines at a time.</summary>
    internal static void PackPanel512(ElementKey key, int shift, uint first, int depth, int panel, Span<short> block)
    {
        var lanes = (Vector512<uint>.Indices >>> 1) * (uint)depth + (Vector512<uint>.Indices & Vector512.Create(1u));
        for (var line = 0; line < panel; line += 8)
        {
            var index = lanes + Vector512.Create(first + (uint)(line * depth));
            for (var at = line * 2; at < block.Length; at += panel * 2)
            {
                var elements = key.Words(index).AsInt32() >> shift;
                Vector256.Narrow(elements.GetLower(), elements.GetUpper()).CopyTo(block[at..]);
                index += Vector512.Create(2u);
            }
        }
    }
}
