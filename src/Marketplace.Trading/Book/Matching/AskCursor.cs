using Marketplace.Trading.Book.Memory;

namespace Marketplace.Trading.Book.Matching;

/// <summary>An ask that a bid could buy from.</summary>
/// <param name="Ask">The ask.</param>
/// <param name="Micros">Its block price for the hours in question.</param>
/// <param name="LimitMicros">What the bid would pay for a GPU-hour of it at most.</param>
internal readonly record struct Candidate(int Ask, long Micros, long LimitMicros)
{
    /// <summary>What is saved per GPU-hour against the limit; negative where it is dearer.</summary>
    public long Saving => LimitMicros - Micros;
}

/// <summary>
/// Goes through the asks that suit a bid for some hours, the best first, then the oldest. For a limit per GPU-hour asks come from the
/// price queue, and those with prices by the hour step back until their block price is next. For a limit per PFLOP-hour they are sorted.
/// </summary>
internal sealed class AskCursor(BookMemory memory)
{
    private readonly PriorityQueue<Candidate, (long Micros, long Priority)> stepped = new();
    private readonly List<(Candidate Candidate, long Priority)> sorted = [];
    private PriceQueue queue = null!;
    private int bidIndex;
    private int start;
    private int next;
    private int only;

    /// <summary>Starts over.</summary>
    /// <param name="bid">The bid.</param>
    /// <param name="from">The first hour of the block.</param>
    /// <param name="onlyAsk">The one ask to look at; -1 for all.</param>
    public void Start(int bid, int from, int onlyAsk)
    {
        (bidIndex, start, only) = (bid, from, onlyAsk);
        stepped.Clear();
        sorted.Clear();
        ref var slot = ref memory.Bids[bid];
        queue = memory.Markets[slot.Market].Asks;
        next = slot.IsPerPflop || only >= 0 ? -1 : queue.First;
        if (slot.IsPerPflop) Sort(slot);
    }

    /// <summary>The next best ask. False when there is none.</summary>
    public bool TryNext(out Candidate candidate)
    {
        ref var bid = ref memory.Bids[bidIndex];
        if (bid.IsPerPflop) return TryNextSorted(out candidate);
        if (only >= 0) return TryOnly(bid, out candidate);
        while (true)
        {
            if (IsSteppedNext())
            {
                candidate = stepped.Dequeue();
                return true;
            }

            candidate = default;
            if (next < 0) return false;
            var index = next;
            next = queue.After(index);
            ref var ask = ref memory.Asks[index];
            if (!Suits(ask, index, bid, start)) continue;
            candidate = new Candidate(index, ask.BlockMicros(start, bid.Hours), bid.LimitMicros);
            if (candidate.Micros == ask.FloorMicros) return true;
            stepped.Enqueue(candidate, (candidate.Micros, ask.Priority));
        }
    }

    /// <summary>Whether a bid could buy hours of an ask, price and free GPUs apart.</summary>
    public static bool Suits(in AskSlot ask, int askIndex, in BidSlot bid, int from) =>
        from >= ask.From
        && from + bid.Hours <= ask.To
        && bid.Hours >= ask.MinimumHours
        && (bid.BoundAsk == BidSlot.None || bid.BoundAsk == askIndex)
        && (bid.BoundProvider.IsUnset || bid.BoundProvider == ask.Terms.Provider)
        && (!bid.HasRequirements || bid.Terms.Requirements.AreMetBy(ask.Terms));

    /// <summary>What a bid would pay for a GPU-hour of an ask at most.</summary>
    public static long LimitFor(in BidSlot bid, in AskSlot ask) =>
        bid.IsPerPflop ? bid.Terms.LimitMicrosFor(ask.Terms.Proven) : bid.LimitMicros;

    private bool IsSteppedNext()
    {
        if (!stepped.TryPeek(out _, out var key)) return false;
        if (next < 0) return true;
        var floor = queue.PriceOf(next);
        return key.Micros < floor || (key.Micros == floor && key.Priority < queue.PriorityOf(next));
    }

    private bool TryOnly(in BidSlot bid, out Candidate candidate)
    {
        var index = only;
        candidate = default;
        if (next == index) return false;
        next = index;
        ref var ask = ref memory.Asks[index];
        if (!Suits(ask, index, bid, start)) return false;
        candidate = new Candidate(index, ask.BlockMicros(start, bid.Hours), bid.LimitMicros);
        return true;
    }

    private bool TryNextSorted(out Candidate candidate)
    {
        next++;
        candidate = next < sorted.Count ? sorted[next].Candidate : default;
        return next < sorted.Count;
    }

    private void Sort(in BidSlot bid)
    {
        for (var index = only >= 0 ? only : queue.First; index >= 0; index = only >= 0 ? -1 : queue.After(index))
        {
            ref var ask = ref memory.Asks[index];
            if (Suits(ask, index, bid, start)) sorted.Add((new Candidate(index, ask.BlockMicros(start, bid.Hours), LimitFor(bid, ask)), ask.Priority));
        }

        sorted.Sort(static (x, y) => x.Candidate.Saving != y.Candidate.Saving
            ? y.Candidate.Saving.CompareTo(x.Candidate.Saving)
            : x.Priority.CompareTo(y.Priority));
    }
}
