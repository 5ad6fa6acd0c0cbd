namespace Marketplace.Trading.Book.Memory;

/// <summary>
/// Waiting bids by when they may not wait any more, then by age. Most bids share an instant, the start of an hour, so that those of
/// an instant are a list. A bid that leaves for another reason stays in its list until its time comes, or until such bids are most.
/// </summary>
internal sealed class ExpiryQueue(BookMemory memory)
{
    private const int Slack = 100_000;
    private readonly SortedDictionary<long, DueBids> byTime = [];
    private DueBids last = new(long.MinValue);
    private DueBids? first;
    private int count;

    public void Add(int bid)
    {
        if (count > (4 * memory.WaitingBids) + Slack) Compact();
        ref var slot = ref memory.Bid(bid);
        if (slot.RestsUntil != last.At) last = ListOf(slot.RestsUntil);
        last.Add(bid, slot.Place.Priority);
        count++;
    }

    /// <summary>The next bid whose time has come, or -1.</summary>
    /// <param name="now">Nanoseconds since 1970.</param>
    public int Next(long now)
    {
        while (first is not null && first.At <= now)
        {
            while (first.TryPeek(out var bid, out var priority))
            {
                if (Stands(bid, priority, first.At)) return bid;
                first.Skip();
                count--;
            }

            Remove(first);
        }

        return BidSlot.None;
    }

    private DueBids ListOf(long at)
    {
        if (byTime.TryGetValue(at, out var list)) return list;
        byTime.Add(at, list = new DueBids(at));
        if (first is null || at < first.At) first = list;
        return list;
    }

    private void Remove(DueBids list)
    {
        byTime.Remove(list.At);
        if (last == list) last = new DueBids(long.MinValue);
        first = byTime.Count == 0 ? null : byTime.First().Value;
    }

    private void Compact()
    {
        foreach (var list in byTime.Values.ToArray())
        {
            count -= list.RemoveAll((bid, priority) => !Stands(bid, priority, list.At));
            if (list.IsEmpty) Remove(list);
        }
    }

    // A slot may hold another bid by now, or the same with another date.
    private bool Stands(int bid, long priority, long at)
    {
        ref var slot = ref memory.Bid(bid);
        return slot.IsUsed && slot.Place.Priority == priority && slot.RestsUntil == at;
    }

    /// <summary>Bids of one instant. They come in by age, but for some that have waited already.</summary>
    private sealed class DueBids(long at)
    {
        private readonly List<(long Priority, int Bid)> bids = [];
        private int next;
        private bool isSorted = true;

        public long At => at;

        public bool IsEmpty => next == bids.Count;

        public void Add(int bid, long priority)
        {
            isSorted &= bids.Count == 0 || bids[^1].Priority < priority;
            bids.Add((priority, bid));
        }

        public bool TryPeek(out int bid, out long priority)
        {
            if (!isSorted) Sort();
            (priority, bid) = IsEmpty ? default : bids[next];
            return !IsEmpty;
        }

        public void Skip() => next++;

        public int RemoveAll(Func<int, long, bool> isGone)
        {
            bids.RemoveRange(0, next);
            next = 0;
            return bids.RemoveAll(entry => isGone(entry.Bid, entry.Priority));
        }

        private void Sort()
        {
            bids.RemoveRange(0, next);
            next = 0;
            bids.Sort();
            isSorted = true;
        }
    }
}
