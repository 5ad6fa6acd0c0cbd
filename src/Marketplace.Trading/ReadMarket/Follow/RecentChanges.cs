namespace Marketplace.Trading.ReadMarket.Follow;

/// <summary>
/// The latest changes of a book, for all its followers: each has only its place in them, and who falls behind by more than is kept
/// has to begin anew. So a slow follower costs nothing. Thread-safe.
/// </summary>
/// <param name="mostCells">Changed runs and trades to keep; at least the last change is kept, whatever its size.</param>
internal sealed class RecentChanges(int mostCells)
{
    private readonly Lock gate = new();
    private readonly List<BookChanged> kept = [];
    private TaskCompletionSource more = NewSignal();
    private long end;
    private int cells;

    /// <summary>Forgets all, because the changes up to an event are not known one by one.</summary>
    public void BeginAt(long sequence)
    {
        lock (gate)
        {
            kept.Clear();
            (cells, end) = (0, sequence);
            Wake();
        }
    }

    public void Add(BookChanged changes)
    {
        lock (gate)
        {
            kept.Add(changes);
            end = changes.ToSequence;
            cells += CellsOf(changes);
            var drop = 0;
            while (cells > mostCells && drop < kept.Count - 1) cells -= CellsOf(kept[drop++]);
            kept.RemoveRange(0, drop);
            Wake();
        }
    }

    /// <summary>Whether somebody who knows the book up to an event can go on from there.</summary>
    public bool Cover(long sequence)
    {
        lock (gate) return Covers(sequence);
    }

    /// <summary>What comes after an event: changes; or null and a task that ends when there are some; or null and null when it is too late.</summary>
    public (BookChanged? Changes, Task? More) After(long sequence)
    {
        lock (gate)
        {
            if (!Covers(sequence)) return (null, null);
            if (sequence == end) return (null, more.Task);

            var (low, high) = (0, kept.Count - 1);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (kept[middle].ToSequence <= sequence) low = middle + 1;
                else high = middle;
            }

            return (kept[low], null);
        }
    }

    private bool Covers(long sequence) => sequence <= end && sequence >= (kept.Count == 0 ? end : kept[0].FromSequence - 1);

    private void Wake()
    {
        more.SetResult();
        more = NewSignal();
    }

    private static int CellsOf(BookChanged changes) => changes.Runs.Count + changes.Trades.Count + 1;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
