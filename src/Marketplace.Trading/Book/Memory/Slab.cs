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
    private readonly Stack<int> free = new();
    private readonly List<int> freed = [];
    private T[][] chunks = [new T[ChunkSize]];

    /// <summary>Indices handed out so far: all are below this.</summary>
    public int Top { get; private set; }

    public ref T this[int index] => ref chunks[index >> ChunkBits][index & (ChunkSize - 1)];

    public int Add()
    {
        if (free.TryPop(out var index)) return index;
        if (Top == chunks.Length << ChunkBits) Grow();
        return Top++;
    }

    public void Free(int index) => freed.Add(index);

    /// <summary>Lets what was freed before be used again.</summary>
    public void Recycle()
    {
        if (freed.Count == 0) return;
        foreach (var index in freed) free.Push(index);
        freed.Clear();
    }

    private void Grow() => chunks = [.. chunks, new T[ChunkSize]];
}
