namespace Marketplace.Trading.Book.Memory;

/// <summary>
/// Values in one growing array, named by their index. An index that was freed is used again, the longest free first, but not before
/// <see cref="Recycle"/>: until then what was freed can still be read.
/// </summary>
internal sealed class Slab<T>
    where T : struct
{
    private readonly Queue<int> free = new();
    private T[] items = new T[64];
    private int recyclable;

    /// <summary>Indices handed out so far: all are below this.</summary>
    public int Top { get; private set; }

    public ref T this[int index] => ref items[index];

    public int Add()
    {
        if (recyclable > 0)
        {
            recyclable--;
            return free.Dequeue();
        }

        if (Top == items.Length) Array.Resize(ref items, Top * 2);
        return Top++;
    }

    public void Free(int index) => free.Enqueue(index);

    /// <summary>Lets what was freed before be used again.</summary>
    public void Recycle() => recyclable = free.Count;
}
