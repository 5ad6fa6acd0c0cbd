using System.Numerics;

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
    private const int Removed = -1;
    private Entry[] entries = new Entry[64];
    private int used;

    /// <summary>Slots that can be found.</summary>
    public int Count { get; private set; }

    /// <summary>The slot of an id, or -1.</summary>
    public int Find(Ulid id)
    {
        var at = IndexOf(id);
        return at < 0 ? -1 : entries[at].SlotPlusOne - 1;
    }

    /// <summary>Adds a slot whose id is not there.</summary>
    public void Add(int slot)
    {
        if (2 * (used + 1) > entries.Length) Rebuild();
        Put(new Entry(slots[slot].Id.GetHashCode(), slot + 1));
        Count++;
        used++;
    }

    /// <summary>Takes a slot out while it still has its id.</summary>
    public void Remove(int slot)
    {
        entries[IndexOf(slots[slot].Id)].SlotPlusOne = Removed;
        Count--;
    }

    private int IndexOf(Ulid id)
    {
        var tag = id.GetHashCode();
        var mask = entries.Length - 1;
        for (var at = tag & mask; ; at = (at + 1) & mask)
        {
            ref var entry = ref entries[at];
            if (entry.SlotPlusOne == 0) return -1;
            if (entry.Tag == tag && entry.SlotPlusOne != Removed && slots[entry.SlotPlusOne - 1].Id == id) return at;
        }
    }

    private void Put(Entry entry)
    {
        var mask = entries.Length - 1;
        var at = entry.Tag & mask;
        while (entries[at].SlotPlusOne != 0) at = (at + 1) & mask;
        entries[at] = entry;
    }

    // Leaves out what was removed: so the table need not be larger for it.
    private void Rebuild()
    {
        var before = entries;
        entries = new Entry[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, 4 * Count))];
        used = Count;
        foreach (var entry in before)
        {
            if (entry.SlotPlusOne > 0) Put(entry);
        }
    }

    /// <summary>A place of the table: 0 in <see cref="SlotPlusOne"/> for never used.</summary>
    private struct Entry(int tag, int slotPlusOne)
    {
        public readonly int Tag = tag;
        public int SlotPlusOne = slotPlusOne;
    }
}
