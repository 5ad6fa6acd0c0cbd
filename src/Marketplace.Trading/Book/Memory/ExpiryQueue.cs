using NodaTime;

namespace Marketplace.Trading.Book.Memory;

/// <summary>
/// Waiting bids by the instant they may not wait beyond, then by age. Bids that leave for another reason stay in the heap until their
/// time comes or until they are more than half of it.
/// </summary>
internal sealed class ExpiryQueue(Slab<BidSlot> bids)
{
    private PriorityQueue<int, Due> heap = new();

    public void Add(int bid)
    {
        ref var slot = ref bids[bid];
        heap.Enqueue(bid, new Due(slot.RestsUntil, slot.Priority));
    }

    /// <summary>The next bid whose time has come, or -1.</summary>
    public int Next(Instant now)
    {
        while (heap.TryPeek(out var bid, out var due) && due.At <= now)
        {
            if (Stands(bid, due)) return bid;
            heap.Dequeue();
        }

        return -1;
    }

    public void CompactIfLarge(int waiting)
    {
        if (heap.Count <= (2 * waiting) + 1_000) return;
        heap = new PriorityQueue<int, Due>(heap.UnorderedItems.Where(item => Stands(item.Element, item.Priority)));
    }

    // A slot may hold another bid by now, or the same with another date.
    private bool Stands(int bid, Due due) =>
        bids[bid] is { IsUsed: true } slot && slot.Priority == due.Priority && slot.RestsUntil == due.At;

    private readonly record struct Due(Instant At, long Priority) : IComparable<Due>
    {
        public int CompareTo(Due other)
        {
            var at = At.CompareTo(other.At);
            return at != 0 ? at : Priority.CompareTo(other.Priority);
        }
    }
}
