namespace Marketplace.Metering;

/// <summary>A reading as it was said, with its times read once.</summary>
/// <param name="Said">As signed.</param>
/// <param name="HasTimes">Whether both times are whole UTC seconds.</param>
/// <param name="From">First second, in Unix seconds; 0 without times.</param>
/// <param name="To">The second after the last.</param>
internal readonly record struct StatedReading(SignedReading Said, bool HasTimes, long From, long To)
{
    public static StatedReading Of(SignedReading said) => ReadingText.TryParseTimes(said, out var from, out var to)
        ? new StatedReading(said, true, from, to)
        : new StatedReading(said, false, 0, 0);

    /// <summary>The readings of a batch. Most begin where the one before them ended, and that time is not read again.</summary>
    public static List<StatedReading> AllOf(IReadOnlyList<SignedReading> batch)
    {
        var all = new List<StatedReading>(batch.Count);
        StatedReading last = default;
        foreach (var said in batch)
        {
            last = last.HasTimes && said.From == last.Said.To && ReadingText.TryParse(said.To, out var to)
                ? new StatedReading(said, true, last.To, to)
                : Of(said);
            all.Add(last);
        }

        return all;
    }
}

/// <summary>The readings that count so far: by sequence, and as the seconds that they claim.</summary>
/// <param name="expected">About how many there will be.</param>
internal sealed class KnownReadings(int expected)
{
    private readonly Dictionary<long, SignedReading> bySequence = new(expected);

    /// <summary>Disjoint stretches in order; neighbours that touch are one.</summary>
    private readonly List<(long From, long To)> claimed = [];

    public long HighestSequence { get; private set; }

    /// <summary>In Unix seconds.</summary>
    public long HighestEnd { get; private set; }

    public SignedReading? Find(long sequence) => sequence > HighestSequence ? null : bySequence.GetValueOrDefault(sequence);

    public bool Claims(long from, long to)
    {
        var next = FirstEndingAfter(from);
        return next < claimed.Count && claimed[next].From < to;
    }

    public void Add(StatedReading reading)
    {
        bySequence.Add(reading.Said.Sequence, reading.Said);
        HighestSequence = Math.Max(HighestSequence, reading.Said.Sequence);
        HighestEnd = Math.Max(HighestEnd, reading.To);

        var first = FirstEndingAfter(reading.From - 1);
        var (from, to, end) = (reading.From, reading.To, first);
        for (; end < claimed.Count && claimed[end].From <= reading.To; end++)
        {
            (from, to) = (Math.Min(from, claimed[end].From), Math.Max(to, claimed[end].To));
        }

        if (end == first)
        {
            claimed.Insert(first, (from, to));
            return;
        }

        claimed[first] = (from, to);
        if (end > first + 1) claimed.RemoveRange(first + 1, end - first - 1);
    }

    private int FirstEndingAfter(long second)
    {
        var (low, high) = (0, claimed.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (claimed[middle].To > second) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}
