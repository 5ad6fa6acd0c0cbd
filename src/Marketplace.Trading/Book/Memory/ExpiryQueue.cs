using NodaTime;

namespace Marketplace.Trading.Book.Memory;

/// <summary>
/// Waiting bids by the instant they may not wait beyond, then by age. A bid that leaves for another reason stays in the heap until its
/// time comes, or until such bids are most of it.
/// </summary>
internal sealed class ExpiryQueue(BookMemory memory)
{
    private const int Slack = 100_000;
    private PriorityQueue<int, Due> heap = new();

    public void Add(int bid)
    {
        if (heap.Count > (4 * memory.WaitingBids) + Slack) heap = new PriorityQueue<int, Due>(heap.UnorderedItems.Where(item => Stands(item.Element, item.Priority)));
        heap.Enqueue(bid, new Due(memory.RestsUntil(bid), memory.Bid(bid).Place.Priority));
    }

    /// <summary>The next bid whose time has come, or -1.</summary>
    public int Next(Instant now)
    {
        while (heap.TryPeek(out var bid, out var due) && due.At <= now)
        {
            if (Stands(bid, due)) return bid;
            heap.Dequeue();
        }

        return BidSlot.None;
    }

    // A slot may hold another bid by now, or the same with another date.
    private bool Stands(int bid, Due due) => memory.Bid(bid).IsUsed && memory.Bid(bid).Place.Priority == due.Priority && memory.RestsUntil(bid) == due.At;

    private readonly record struct Due(Instant At, long Priority) : IComparable<Due>
    {
        public int CompareTo(Due other)
        {
            var at = At.CompareTo(other.At);
            return at != 0 ? at : Priority.CompareTo(other.Priority);
        }
    }
}
