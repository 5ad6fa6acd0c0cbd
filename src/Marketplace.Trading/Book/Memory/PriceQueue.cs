namespace Marketplace.Trading.Book.Memory;

/// <summary>
/// Orders of one side and currency: the best price first, then the oldest. Levels of equal price are linked lists of orders and are
/// linked with each other; <see cref="SortedLevels"/> finds the place of a new one.
/// </summary>
internal sealed class PriceQueue<T>(Slab<T> slots, bool highestFirst)
    where T : struct, IPlaced
{
    private const int None = -1;
    private readonly SortedLevels sorted = new();
    private readonly Slab<Level> levels = new();

    /// <summary>The first order, or -1.</summary>
    public int First => sorted.Best is var level && level >= 0 ? levels[level].Head : None;

    public long PriceOf(int slot) => levels[slots[slot].Place.Level - 1].Price;

    /// <summary>The order behind another, or -1.</summary>
    public int After(int slot) => After(slots[slot].Place);

    /// <summary>The order behind a place, or -1.</summary>
    public int After(in Place place)
    {
        if (place.After > 0) return place.After - 1;
        var worse = levels[place.Level - 1].Worse;
        return worse < 0 ? None : levels[worse].Head;
    }

    /// <summary>Puts an order into its place by price and <see cref="Place.Priority"/>.</summary>
    public void Insert(int slot, long price)
    {
        var index = LevelOf(price);
        ref var level = ref levels[index];
        ref var place = ref slots[slot].Place;
        var before = level.Tail;
        while (before >= 0 && slots[before].Place.Priority > place.Priority) before = slots[before].Place.Before - 1;
        var after = before >= 0 ? slots[before].Place.After - 1 : level.Head;

        (place.Level, place.Before, place.After) = (index + 1, before + 1, after + 1);
        if (before >= 0) slots[before].Place.After = slot + 1;
        else level.Head = slot;
        if (after >= 0) slots[after].Place.Before = slot + 1;
        else level.Tail = slot;
    }

    public void Remove(int slot)
    {
        ref var place = ref slots[slot].Place;
        var index = place.Level - 1;
        ref var level = ref levels[index];
        if (place.Before > 0) slots[place.Before - 1].Place.After = place.After;
        else level.Head = place.After - 1;
        if (place.After > 0) slots[place.After - 1].Place.Before = place.Before;
        else level.Tail = place.Before - 1;
        place.Level = 0;
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
