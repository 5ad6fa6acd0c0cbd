namespace Marketplace.Kernel;

/// <summary>Consecutive hours with the same value, half-open; of any length, unlike a <see cref="HourWindow"/>. Only curves make them.</summary>
public readonly record struct HourRun
{
    internal HourRun(HourSlot from, HourSlot to, long value) => (From, To, Value) = (from, to, value);

    /// <summary>The first hour.</summary>
    public HourSlot From { get; }

    /// <summary>The first hour after it.</summary>
    public HourSlot To { get; }

    /// <summary>The value of each hour.</summary>
    public long Value { get; }

    /// <summary>The number of hours.</summary>
    public int Hours => To - From;
}

/// <summary>
/// A whole number for every hour, zero where nothing was said. Kept as its steps, so that a year costs no more than an hour. Mutable;
/// not thread-safe.
/// </summary>
public sealed class HourCurve
{
    // The value holds from its hour up to the next step's; zero before the first step. Neighbours differ, and the last step is to zero.
    private readonly List<(int Hour, long Value)> steps;

    /// <summary>Zero everywhere.</summary>
    public HourCurve() => steps = [];

    private HourCurve(HourCurve other) => steps = [.. other.steps];

    /// <summary>Whether every hour is zero.</summary>
    public bool IsZero => steps.Count == 0;

    /// <summary>The hours that are not zero, in order.</summary>
    public IEnumerable<HourRun> Runs
    {
        get
        {
            for (var i = 0; i + 1 < steps.Count; i++)
            {
                var (hour, value) = steps[i];
                if (value != 0) yield return new HourRun(HourSlot.OfIndex(hour), HourSlot.OfIndex(steps[i + 1].Hour), value);
            }
        }
    }

    /// <summary>The value of an hour.</summary>
    public long this[HourSlot hour] => ValueBefore(FirstStepFrom(hour.Index + 1));

    /// <summary>The same values, to be changed apart.</summary>
    public HourCurve Copy() => new(this);

    /// <summary>Some hours by runs, those that are zero too. No hours if <paramref name="to"/> is not after <paramref name="from"/>.</summary>
    public IEnumerable<HourRun> Within(HourSlot from, HourSlot to)
    {
        for (var (at, i) = (from, FirstStepFrom(from.Index + 1)); at < to; i++)
        {
            var end = i < steps.Count && steps[i].Hour < to.Index ? HourSlot.OfIndex(steps[i].Hour) : to;
            yield return new HourRun(at, end, ValueBefore(i));
            at = end;
        }
    }

    /// <summary>The sum over some hours.</summary>
    public long Sum(HourSlot from, HourSlot to) => Within(from, to).Sum(run => run.Value * run.Hours);

    /// <summary>Adds to every one of some hours; to none if <paramref name="to"/> is not after <paramref name="from"/>.</summary>
    public void Add(HourSlot from, HourSlot to, long value)
    {
        if (to <= from || value == 0) return;
        var first = StepAt(from.Index);
        var end = StepAt(to.Index);
        for (var i = first; i < end; i++) steps[i] = (steps[i].Hour, checked(steps[i].Value + value));

        // Within the range neighbours still differ; at its ends they may not.
        Join(end);
        Join(first);
    }

    /// <summary>Gives every one of some hours a value; none if <paramref name="to"/> is not after <paramref name="from"/>.</summary>
    public void Set(HourSlot from, HourSlot to, long value)
    {
        if (to <= from) return;
        var first = StepAt(from.Index);
        var end = StepAt(to.Index);
        steps.RemoveRange(first + 1, end - first - 1);
        steps[first] = (from.Index, value);
        Join(first + 1);
        Join(first);
    }

    /// <summary>Makes all hours before one zero.</summary>
    public void ForgetBefore(HourSlot hour)
    {
        if (steps.Count > 0) Set(HourSlot.OfIndex(steps[0].Hour), hour, 0);
    }

    /// <summary>The hours whose values differ, by runs of the value they have now.</summary>
    /// <param name="before">What they were.</param>
    /// <param name="from">The first hour of interest.</param>
    public IEnumerable<HourRun> ChangesSince(HourCurve before, HourSlot from)
    {
        var to = HourSlot.OfIndex(Math.Max(EndIndex, before.EndIndex));
        HourRun? changed = null;
        foreach (var now in Within(from, to))
        {
            foreach (var then in before.Within(now.From, now.To))
            {
                if (then.Value == now.Value) continue;
                if (changed is { } run && run.To == then.From && run.Value == now.Value)
                {
                    changed = new HourRun(run.From, then.To, run.Value);
                    continue;
                }

                if (changed is { } complete) yield return complete;
                changed = new HourRun(then.From, then.To, now.Value);
            }
        }

        if (changed is { } last) yield return last;
    }

    private int EndIndex => steps.Count == 0 ? int.MinValue : steps[^1].Hour;

    private long ValueBefore(int step) => step == 0 ? 0 : steps[step - 1].Value;

    /// <summary>The first step at or after an hour; the number of steps if there is none.</summary>
    private int FirstStepFrom(int hour)
    {
        var (low, high) = (0, steps.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (steps[middle].Hour < hour) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>The step at an hour; one that changes nothing is made if there is none.</summary>
    private int StepAt(int hour)
    {
        var i = FirstStepFrom(hour);
        if (i == steps.Count || steps[i].Hour != hour) steps.Insert(i, (hour, ValueBefore(i)));
        return i;
    }

    private void Join(int step)
    {
        if (steps[step].Value == ValueBefore(step)) steps.RemoveAt(step);
    }
}
