namespace Marketplace.Trading.Book.Memory;

/// <summary>A slot that can be found by its id.</summary>
internal interface IIdentified
{
    Ulid Id { get; }
}

/// <summary>
/// Finds slots by id: one table of eight bytes an entry, with linear probing, at most half full. The ids stay in the slots; an entry has
/// the low bits of one, so that a slot is seldom looked at in vain.
/// </summary>
internal sealed class IdIndex<T>(Slab<T> slots)
    where T : struct, IIdentified
{
    private Entry[] entries = new Entry[64];

    /// <summary>Slots that can be found.</summary>
    public int Count { get; private set; }

    /// <summary>The slot of an id, or -1.</summary>
    public int Find(Ulid id)
    {
        var at = IndexOf(id);
        return at < 0 ? -1 : entries[at].SlotPlusOne - 1;
    }

    /// <summary>Adds a slot whose id is not there.</summary>
    public void Add(int slot, Ulid id)
    {
        if (2 * (Count + 1) > entries.Length) Grow();
        Put(new Entry(id.GetHashCode(), slot + 1));
        Count++;
    }

    /// <summary>Takes a slot out while it still has its id.</summary>
    public void Remove(Ulid id)
    {
        var table = entries;
        var mask = table.Length - 1;
        var hole = IndexOf(id);

        // What would not be found any more behind the hole moves into it: so nothing has to mark what was removed.
        for (var at = (hole + 1) & mask; table[at].SlotPlusOne != 0; at = (at + 1) & mask)
        {
            var home = table[at].Tag & mask;
            if (((at - home) & mask) < ((at - hole) & mask)) continue;
            table[hole] = table[at];
            hole = at;
        }

        table[hole] = default;
        Count--;
    }

    private int IndexOf(Ulid id)
    {
        var table = entries;
        var tag = id.GetHashCode();
        var mask = table.Length - 1;
        for (var at = tag & mask; ; at = (at + 1) & mask)
        {
            var entry = table[at];
            if (entry.SlotPlusOne == 0) return -1;
            if (entry.Tag == tag && slots[entry.SlotPlusOne - 1].Id == id) return at;
        }
    }

    private void Put(Entry entry)
    {
        var table = entries;
        var mask = table.Length - 1;
        var at = entry.Tag & mask;
        while (table[at].SlotPlusOne != 0) at = (at + 1) & mask;
        table[at] = entry;
    }

    private void Grow()
    {
        var before = entries;
        entries = new Entry[2 * before.Length];
        foreach (var entry in before)
        {
            if (entry.SlotPlusOne > 0) Put(entry);
        }
    }

    /// <summary>A place of the table: 0 in <see cref="SlotPlusOne"/> for empty.</summary>
    private readonly record struct Entry(int Tag, int SlotPlusOne);
}
