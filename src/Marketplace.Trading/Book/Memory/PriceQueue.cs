namespace Marketplace.Trading.Book.Memory;

/// <summary>The places of slots in price queues: by slot, for all queues of one kind of order.</summary>
internal sealed class QueuePlaces
{
    private Place[] places = new Place[64];

    public ref Place this[int slot]
    {
        get
        {
            if (slot >= places.Length) Array.Resize(ref places, Math.Max(slot + 1, places.Length * 2));
            return ref places[slot];
        }
    }

    /// <summary>Where a slot is: its level plus 1 (0 for nowhere), its neighbours plus 1 (0 for none), and its place in time.</summary>
    internal struct Place
    {
        public int Level;
        public int Before;
        public int After;
        public long Priority;
    }
}

/// <summary>
/// Orders of one side and currency: the best price first, then the oldest. Levels of equal price are linked lists of orders and are
/// linked with each other; <see cref="SortedLevels"/> finds the place of a new one.
/// </summary>
internal sealed class PriceQueue(QueuePlaces places, bool highestFirst)
{
    private const int None = -1;
    private readonly SortedLevels sorted = new();
    private readonly Slab<Level> levels = new();

    /// <summary>The first order, or -1.</summary>
    public int First => sorted.Best is var level && level >= 0 ? levels[level].Head : None;

    public bool Contains(int slot) => places[slot].Level > 0;

    public long PriceOf(int slot) => levels[places[slot].Level - 1].Price;

    public long PriorityOf(int slot) => places[slot].Priority;

    /// <summary>The order behind another, or -1.</summary>
    public int After(int slot)
    {
        ref var place = ref places[slot];
        if (place.After > 0) return place.After - 1;
        var worse = levels[place.Level - 1].Worse;
        return worse < 0 ? None : levels[worse].Head;
    }

    public void Insert(int slot, long price, long priority)
    {
        var index = LevelOf(price);
        ref var level = ref levels[index];
        var before = level.Tail;
        while (before >= 0 && places[before].Priority > priority) before = places[before].Before - 1;
        var after = before >= 0 ? places[before].After - 1 : level.Head;

        ref var place = ref places[slot];
        place = new QueuePlaces.Place { Level = index + 1, Before = before + 1, After = after + 1, Priority = priority };
        if (before >= 0) places[before].After = slot + 1;
        else level.Head = slot;
        if (after >= 0) places[after].Before = slot + 1;
        else level.Tail = slot;
    }

    public void Remove(int slot)
    {
        ref var place = ref places[slot];
        var index = place.Level - 1;
        ref var level = ref levels[index];
        if (place.Before > 0) places[place.Before - 1].After = place.After;
        else level.Head = place.After - 1;
        if (place.After > 0) places[place.After - 1].Before = place.Before;
        else level.Tail = place.Before - 1;
        place = default;
        if (level.Head < 0) RemoveLevel(index);
    }

    // Sorted so that the best is the last: that is where levels come and go most.
    private long KeyOf(long price) => highestFirst ? price : -price;

    private int LevelOf(long price)
    {
        var key = KeyOf(price);
        if (sorted.TryFind(key, out var index)) return index;
        levels.Recycle();
        index = levels.Add();
        sorted.Insert(key, index, out var worse, out var better);
        levels[index] = new Level { Price = price, Head = None, Tail = None, Worse = worse, Better = better };
        if (worse >= 0) levels[worse].Better = index;
        if (better >= 0) levels[better].Worse = index;
        return index;
    }

    private void RemoveLevel(int index)
    {
        ref var level = ref levels[index];
        sorted.Remove(KeyOf(level.Price));
        if (level.Worse >= 0) levels[level.Worse].Better = level.Better;
        if (level.Better >= 0) levels[level.Better].Worse = level.Worse;
        levels.Free(index);
    }

    private struct Level
    {
        public long Price;
        public int Head;
        public int Tail;
        public int Worse;
        public int Better;
    }
}
