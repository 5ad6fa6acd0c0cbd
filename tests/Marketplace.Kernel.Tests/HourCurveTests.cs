using CsCheck;

namespace Marketplace.Kernel.Tests;

public sealed class HourCurveTests
{
    private const int Hours = 24;

    /// <summary>A change of a few hours: an addition, or a value that is set.</summary>
    private static readonly Gen<(int From, int Length, int Value, bool Set)[]> Changes =
        Gen.Select(Gen.Int[0, Hours], Gen.Int[0, 8], Gen.Int[-2, 3], Gen.Bool).Array[0, 30];

    [Fact]
    public void Curve_is_a_number_for_every_hour() => Changes.Sample(changes =>
    {
        var curve = Of(changes);
        var expected = Plain(changes);
        var found = Enumerable.Range(0, Hours * 2).Select(hour => curve[Hour(hour)]).ToArray();
        return found.SequenceEqual(expected)
            && curve.IsZero == expected.All(value => value == 0)
            && curve.Sum(Hour(3), Hour(17)) == expected[3..17].Sum()
            && PlainOf(curve.Runs).SequenceEqual(expected)
            && PlainOf(curve.Within(Hour(5), Hour(20))).SequenceEqual(expected.Select((value, hour) => hour is >= 5 and < 20 ? value : 0));
    });

    [Fact]
    public void Runs_are_as_long_as_they_can_be_and_none_is_zero() => Changes.Sample(changes =>
    {
        var runs = Of(changes).Runs.ToList();
        return runs.TrueForAll(run => run.Hours >= 1 && run.Value != 0)
            && runs.Zip(runs.Skip(1)).All(pair => pair.First.To < pair.Second.From || pair.First.Value != pair.Second.Value);
    });

    [Fact]
    public void Changes_lead_from_the_curve_before_to_the_curve_now_and_name_no_hour_that_is_the_same() => Gen.Select(Changes, Changes).Sample((first, more) =>
    {
        var before = Of(first);
        var now = before.Copy();
        Apply(now, more);
        var changed = now.ChangesSince(before, Hour(4)).ToList();
        foreach (var run in changed)
        {
            for (var hour = run.From; hour < run.To; hour += 1)
            {
                if (hour < Hour(4) || before[hour] == now[hour]) return false;
            }
        }

        foreach (var run in changed) before.Set(run.From, run.To, run.Value);
        return Enumerable.Range(4, Hours * 2).All(hour => before[Hour(hour)] == now[Hour(hour)]);
    });

    [Fact]
    public void Forgotten_hours_are_zero_and_the_others_stay() => Changes.Sample(changes =>
    {
        var curve = Of(changes);
        curve.ForgetBefore(Hour(9));
        return Enumerable.Range(0, Hours * 2).Select(hour => curve[Hour(hour)]).SequenceEqual(Plain(changes).Select((value, hour) => hour < 9 ? 0 : value));
    });

    [Fact]
    public void Run_may_be_longer_than_a_window()
    {
        var curve = new HourCurve();
        curve.Add(Hour(0), Hour(HourWindow.MaxHours), 2);
        curve.Add(Hour(HourWindow.MaxHours), Hour(2 * HourWindow.MaxHours), 2);
        var run = Assert.Single(curve.Runs);
        Assert.Equal((Hour(0), 2 * HourWindow.MaxHours, 2), (run.From, run.Hours, run.Value));
    }

    private static HourSlot Hour(int n) => HourSlot.MinValue + n;

    private static HourCurve Of((int From, int Length, int Value, bool Set)[] changes)
    {
        var curve = new HourCurve();
        Apply(curve, changes);
        return curve;
    }

    private static void Apply(HourCurve curve, (int From, int Length, int Value, bool Set)[] changes)
    {
        foreach (var (from, length, value, set) in changes)
        {
            if (set) curve.Set(Hour(from), Hour(from + length), value);
            else curve.Add(Hour(from), Hour(from + length), value);
        }
    }

    private static long[] Plain((int From, int Length, int Value, bool Set)[] changes)
    {
        var values = new long[Hours * 2];
        foreach (var (from, length, value, set) in changes)
        {
            for (var hour = from; hour < from + length; hour++) values[hour] = set ? value : values[hour] + value;
        }

        return values;
    }

    private static long[] PlainOf(IEnumerable<HourRun> runs)
    {
        var values = new long[Hours * 2];
        foreach (var run in runs)
        {
            for (var hour = run.From; hour < run.To; hour += 1) values[hour - HourSlot.MinValue] = run.Value;
        }

        return values;
    }
}
