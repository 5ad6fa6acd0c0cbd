using NodaTime;

namespace Marketplace.Trading.Book;

/// <summary>A listing in the book, with what of it is sold in every hour. A closed one stays, so that reopening it forgets no sale.</summary>
internal sealed class Ask(AskTerms terms, Instant activatedAt, long priority)
{
    private readonly Dictionary<int, int> soldByHour = [];

    public AskTerms Terms { get; private set; } = terms;

    /// <summary>The sequence number at which it was offered: its place in time priority.</summary>
    public long Priority { get; private set; } = priority;

    public Instant ActivatedAt { get; private set; } = activatedAt;

    public bool IsOpen { get; private set; } = true;

    public IEnumerable<KeyValuePair<int, int>> SoldByHour => soldByHour.OrderBy(pair => pair.Key);

    public void Reopen(AskTerms terms, Instant activatedAt, long priority) =>
        (Terms, ActivatedAt, Priority, IsOpen) = (terms, activatedAt, priority, true);

    public void Close() => IsOpen = false;

    /// <summary>GPUs that are free in an hour; 0 outside the window.</summary>
    public int FreeIn(HourSlot hour) => Terms.Window.Contains(hour) ? Math.Max(0, Terms.GpuCount - soldByHour.GetValueOrDefault(hour.Index)) : 0;

    /// <summary>GPUs that are free in every hour of a window.</summary>
    public int FreeIn(HourWindow window)
    {
        var free = int.MaxValue;
        for (var hour = window.From; hour < window.To && free > 0; hour += 1) free = Math.Min(free, FreeIn(hour));
        return free;
    }

    public void Sell(int gpuCount, HourWindow window)
    {
        InvariantException.Require(IsOpen, $"{Terms.ListingId} was sold from while it is closed.");
        InvariantException.Require(gpuCount >= 1 && gpuCount <= FreeIn(window), $"{gpuCount} GPUs of {Terms.ListingId} were sold in {window}, more than are free.");
        foreach (var hour in window.Slots()) soldByHour[hour.Index] = soldByHour.GetValueOrDefault(hour.Index) + gpuCount;
    }

    public void GiveBack(int gpuCount, HourWindow window)
    {
        foreach (var hour in window.Slots())
        {
            var left = soldByHour.GetValueOrDefault(hour.Index) - gpuCount;
            InvariantException.Require(left >= 0, $"More of {Terms.ListingId} was given back in {hour} than was sold.");
            if (left == 0) soldByHour.Remove(hour.Index);
            else soldByHour[hour.Index] = left;
        }
    }

    /// <summary>Takes sold hours over from a snapshot.</summary>
    public void Restore(bool isOpen, IEnumerable<KeyValuePair<int, int>> sold)
    {
        IsOpen = isOpen;
        foreach (var (hour, gpuCount) in sold) soldByHour.Add(hour, gpuCount);
    }
}
