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
    private PriceQueue<AskSlot> queue = null!;
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
        ref var slot = ref memory.Bid(bid);
        queue = memory.Markets[slot.Market].Asks;
        next = slot.IsPerPflop || only >= 0 ? -1 : queue.First;
        if (slot.IsPerPflop) Sort();
    }

    /// <summary>The next best ask. False when there is none.</summary>
    public bool TryNext(out Candidate candidate)
    {
        ref var bid = ref memory.Bid(bidIndex);
        if (bid.IsPerPflop) return TryNextSorted(out candidate);
        if (only >= 0) return TryOnly(out candidate);
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
            if (!Suits(memory, index, bidIndex, start)) continue;
            candidate = CandidateOf(index);
            ref var ask = ref memory.Ask(index);
            if (candidate.Micros == ask.FloorMicros) return true;
            stepped.Enqueue(candidate, (candidate.Micros, ask.Place.Priority));
        }
    }

    /// <summary>Whether a bid could buy hours of an ask, price and free GPUs apart.</summary>
    public static bool Suits(BookMemory memory, int askIndex, int bidIndex, int from)
    {
        ref var ask = ref memory.Ask(askIndex);
        ref var bid = ref memory.Bid(bidIndex);
        return from >= ask.From
            && from + bid.Hours <= ask.To
            && bid.Hours >= ask.MinimumHours
            && (!bid.IsPicky || SuitsPicky(memory, askIndex, bidIndex));
    }

    /// <summary>What a bid would pay for a GPU-hour of an ask at most.</summary>
    public static long LimitFor(BookMemory memory, int bid, int ask) =>
        memory.Bid(bid).IsPerPflop ? memory.BidDetails(bid).Terms.LimitMicrosFor(memory.AskDetails(ask).Terms.Proven) : memory.Bid(bid).LimitMicros;

    private static bool SuitsPicky(BookMemory memory, int askIndex, int bidIndex)
    {
        ref var bid = ref memory.BidDetails(bidIndex);
        var ask = memory.AskDetails(askIndex).Terms;
        return (bid.BoundAsk == BidSlot.None || bid.BoundAsk == askIndex)
            && (bid.BoundProvider.IsUnset || bid.BoundProvider == ask.Provider)
            && bid.Terms.Requirements.AreMetBy(ask);
    }

    private bool IsSteppedNext()
    {
        if (!stepped.TryPeek(out _, out var key)) return false;
        if (next < 0) return true;
        var floor = queue.PriceOf(next);
        return key.Micros < floor || (key.Micros == floor && key.Priority < memory.Ask(next).Place.Priority);
    }

    private bool TryOnly(out Candidate candidate)
    {
        var index = only;
        candidate = default;
        if (next == index) return false;
        next = index;
        if (!Suits(memory, index, bidIndex, start)) return false;
        candidate = CandidateOf(index);
        return true;
    }

    private bool TryNextSorted(out Candidate candidate)
    {
        next++;
        candidate = next < sorted.Count ? sorted[next].Candidate : default;
        return next < sorted.Count;
    }

    private void Sort()
    {
        for (var index = only >= 0 ? only : queue.First; index >= 0; index = only >= 0 ? -1 : queue.After(index))
        {
            if (Suits(memory, index, bidIndex, start)) sorted.Add((CandidateOf(index), memory.Ask(index).Place.Priority));
        }

        sorted.Sort(static (x, y) => x.Candidate.Saving != y.Candidate.Saving
            ? y.Candidate.Saving.CompareTo(x.Candidate.Saving)
            : x.Priority.CompareTo(y.Priority));
    }

    private Candidate CandidateOf(int ask) =>
        new(ask, memory.BlockMicros(ask, start, memory.Bid(bidIndex).Hours), LimitFor(memory, bidIndex, ask));
}
