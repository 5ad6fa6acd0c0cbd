namespace Marketplace.Trading.ReadMarket.Depth;

/// <summary>GPUs by side, price and hour, from an hour on, and what of it changed lately.</summary>
internal sealed class DepthLevels
{
    private readonly Dictionary<DepthPrice, HourCurve> levels = [];

    // By how much each hour changed since the last look: zero again where what came has gone.
    private readonly Dictionary<DepthPrice, HourCurve> differences = [];

    /// <summary>The first hour that is kept.</summary>
    public HourSlot From { get; private set; }

    /// <summary>All that is there, by side, price and hour.</summary>
    public IEnumerable<DepthRun> Runs => Sorted().SelectMany(level => RunsOf(level.Key, level.Value.Runs));

    public void Add(DepthPrice at, HourSlot from, HourSlot to, long gpuCount)
    {
        if (from < From) from = From;
        CurveOf(levels, at).Add(from, to, gpuCount);
        CurveOf(differences, at).Add(from, to, gpuCount);
    }

    /// <summary>Lets earlier hours go. That is no change to tell: everybody knows what time it is.</summary>
    public void ForgetBefore(HourSlot hour)
    {
        From = hour;
        foreach (var difference in differences.Values) difference.ForgetBefore(hour);
        foreach (var (at, curve) in levels)
        {
            curve.ForgetBefore(hour);
            if (curve.IsZero && !differences.ContainsKey(at)) levels.Remove(at);
        }
    }

    /// <summary>What changed since this was last asked, by side, price and hour.</summary>
    public List<DepthRun> TakeChanges()
    {
        var changes = new List<DepthRun>();
        foreach (var (at, difference) in differences.OrderBy(level => level.Key))
        {
            var level = levels[at];
            foreach (var run in difference.Runs) changes.AddRange(RunsOf(at, level.Within(run.From, run.To)));
            if (level.IsZero) levels.Remove(at);
        }

        differences.Clear();
        return changes;
    }

    /// <summary>What is there in each hour of a window.</summary>
    public List<HourDepth> In(HourWindow window)
    {
        var asks = new List<DepthLevel>[window.Hours];
        var bids = new List<DepthLevel>[window.Hours];
        for (var i = 0; i < window.Hours; i++) (asks[i], bids[i]) = ([], []);
        foreach (var (at, curve) in Sorted())
        {
            foreach (var run in curve.Within(window.From, window.To).Where(run => run.Value != 0))
            {
                var side = at.Side == DepthSide.Ask ? asks : bids;
                for (var hour = run.From; hour < run.To; hour += 1) side[hour - window.From].Add(new DepthLevel(at.Price, run.Value));
            }
        }

        return [.. window.Slots().Select((hour, i) => new HourDepth(hour, asks[i], bids[i]))];
    }

    private static HourCurve CurveOf(Dictionary<DepthPrice, HourCurve> curves, DepthPrice at)
    {
        if (!curves.TryGetValue(at, out var curve)) curves.Add(at, curve = new HourCurve());
        return curve;
    }

    private IEnumerable<KeyValuePair<DepthPrice, HourCurve>> Sorted() => levels.OrderBy(level => level.Key);

    private static IEnumerable<DepthRun> RunsOf(DepthPrice at, IEnumerable<HourRun> runs) => runs.Select(run => new DepthRun(at, run.From, run.To, run.Value));
}
