using System.Runtime.CompilerServices;

namespace Marketplace.Trading.Book.Memory;

/// <summary>
/// Values named by their index, in chunks, so that growing copies nothing. An index that was freed is used again, but not before
/// <see cref="Recycle"/>: until then what was freed can still be read.
/// </summary>
internal sealed class Slab<T>
    where T : struct
{
    private const int ChunkBits = 10;
    private const int ChunkSize = 1 << ChunkBits;
    private T[][] chunks = [new T[ChunkSize]];

    // The first of them may be used again, the others were freed since.
    private int[] free = new int[64];
    private int freeCount;
    private int recycled;

    /// <summary>Indices handed out so far: all are below this.</summary>
    public int Top { get; private set; }

    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref chunks[index >> ChunkBits][index & (ChunkSize - 1)];
    }

    public int Add()
    {
        if (recycled > 0) return Reuse();
        if (Top == chunks.Length << ChunkBits) chunks = [.. chunks, new T[ChunkSize]];
        return Top++;
    }

    public void Free(int index)
    {
        if (freeCount == free.Length) Array.Resize(ref free, 2 * freeCount);
        free[freeCount++] = index;
    }

    /// <summary>Lets what was freed before be used again.</summary>
    public void Recycle() => recycled = freeCount;

    private int Reuse()
    {
        var index = free[--recycled];
        free[recycled] = free[--freeCount];
        return index;
    }
}
