using Marketplace.Contracts;
using CsCheck;
using NodaTime;

namespace Marketplace.Metering.Tests;

public sealed class BillableTimeTests
{
    private const int GpuCount = 3;
    private const long Grace = 10;

    /// <summary>A lease of some 200 seconds around an hour's border, with and without a failure.</summary>
    private static readonly Gen<BillableSpan> GenSpan =
        from start in Gen.Long[3500, 3600]
        from length in Gen.Long[0, 200]
        from credited in Gen.Long[0, 250]
        select new BillableSpan(start, start + length, start + Math.Min(length, credited), GpuCount);

    private static readonly Gen<Reading> GenReading =
        from @from in Gen.Long[3450, 3850]
        from length in Gen.Long[1, 60]
        from gpuSeconds in Gen.OneOf(Gen.Const(length * GpuCount), Gen.Const(0L), Gen.Long[0, length * GpuCount])
        select new Reading(0, @from, @from + length, gpuSeconds);

    private static readonly Gen<(BillableSpan Span, Reading[] Readings)> GenCase =
        Gen.Select(GenSpan, GenReading.Array[0, 12], (span, readings) => (span, readings.Select((r, i) => r with { Sequence = i + 1 }).ToArray()));

    [Fact]
    public void Billing_agrees_with_a_model_that_counts_every_second() => GenCase.Sample(c =>
    {
        var model = PerSecondModel.BilledBySecond(c.Span, c.Readings, Grace);
        var segments = BillableTime.Segments(c.Span, c.Readings, Grace);
        Assert.Equal(model.Sum(), segments.Sum(s => s.Billed.GpuSeconds));
        foreach (var segment in segments)
        {
            var (first, length) = ((int)(segment.From.ToUnixTimeSeconds() - c.Span.From), (int)segment.Seconds());
            Assert.Equal(model[first..(first + length)].Sum(), segment.Billed.GpuSeconds);
        }

        var byHour = model.Select((gpus, i) => (Hour: HourSlot.Containing(Instant.FromUnixTimeSeconds(c.Span.From + i)), gpus))
            .GroupBy(s => s.Hour, s => s.gpus).Select(h => (h.Key, h.Sum())).Where(h => h.Item2 > 0);
        Assert.Equal(byHour, Cutter(c.Readings).ByHour(segments).Select(h => (h.Hour, h.Used.GpuSeconds)));
    }, iter: 5_000);

    [Fact]
    public void Segments_cover_every_second_of_the_lease_once() => GenCase.Sample(c =>
    {
        var at = Instant.FromUnixTimeSeconds(c.Span.From);
        foreach (var segment in BillableTime.Segments(c.Span, c.Readings, Grace))
        {
            Assert.Equal(at, segment.From);
            Assert.True(segment.To > segment.From);
            at = segment.To;
        }

        Assert.Equal(Instant.FromUnixTimeSeconds(c.Span.To), at);
    });

    [Fact]
    public void The_order_in_which_readings_came_changes_nothing() => Gen.Select(GenCase, Gen.Int[0, 1000]).Sample((c, seed) =>
    {
        var shuffled = c.Readings.ToArray();
        new Random(seed).Shuffle(shuffled);
        Assert.Equal(BillableTime.Segments(c.Span, c.Readings, Grace), BillableTime.Segments(c.Span, shuffled, Grace));
    });

    [Fact]
    public void A_later_record_bills_only_seconds_that_were_not_billed_before() => Gen.Select(GenCase, Gen.Int[0, 12]).Sample((c, known) =>
    {
        var early = c.Readings.Take(known).ToArray();
        var first = UsageSegments.Joined(BillableTime.Segments(c.Span, early, Grace));
        var second = Cutter(c.Readings).Without(BillableTime.Segments(c.Span, c.Readings, Grace), first);

        var before = Seconds(first);
        Assert.Empty(before.Intersect(Seconds(second)));
        var model = PerSecondModel.BilledBySecond(c.Span, c.Readings, Grace);
        var expected = Enumerable.Range(0, model.Length).Where(i => !before.Contains(c.Span.From + i)).Sum(i => model[i]);
        Assert.Equal(expected, second.Sum(s => s.Billed.GpuSeconds));
        Assert.Equal(expected, Cutter(c.Readings).ByHour(second).Sum(h => h.Used.GpuSeconds));
    });

    [Fact]
    public void Joining_keeps_the_sum_and_the_borders_of_rules() => GenCase.Sample(c =>
    {
        var segments = BillableTime.Segments(c.Span, c.Readings, Grace);
        var joined = UsageSegments.Joined(segments);
        Assert.Equal(segments.Sum(s => s.Billed.GpuSeconds), joined.Sum(s => s.Billed.GpuSeconds));
        Assert.Equal(segments.Select(s => s.Rule).Distinct().Order(), joined.Select(s => s.Rule).Distinct().Order());
        Assert.Equal(segments.Sum(s => s.Seconds()), joined.Sum(s => s.Seconds()));
    });

    [Fact]
    public void A_gap_of_the_grace_is_filled_at_the_lower_rate_and_a_longer_one_is_not()
    {
        var span = new BillableSpan(0, 1000, 1000, GpuCount);
        Reading[] readings = [new(1, 0, 100, 300), new(2, 110, 200, 90), new(3, 211, 300, 267)];
        var segments = BillableTime.Segments(span, readings, Grace);
        Assert.Equal(
            [(UsageRule.Metered, 300), (UsageRule.GapFilled, 10), (UsageRule.Metered, 90), (UsageRule.GapNotBilled, 0), (UsageRule.Metered, 267), (UsageRule.AfterLastReading, 0)],
            segments.Select(s => (s.Rule, (int)s.Billed.GpuSeconds)));
    }

    [Fact]
    public void An_undisturbed_month_is_one_segment()
    {
        var readings = Enumerable.Range(0, 720 * 60).Select(i => new Reading(i + 1, i * 60L, (i + 1) * 60L, 60 * GpuCount)).ToArray();
        var span = new BillableSpan(0, 720 * 3600, 720 * 3600, GpuCount);
        var segment = Assert.Single(UsageSegments.Joined(BillableTime.Segments(span, readings, Grace)));
        Assert.Equal((1L, 43_200L, 720L * 3600 * GpuCount), (segment.FirstSequence, segment.LastSequence, segment.Billed.GpuSeconds));
    }

    private static UsageSegments Cutter(IEnumerable<Reading> readings) => new(readings.ToDictionary(r => r.Sequence));

    private static HashSet<long> Seconds(IEnumerable<UsageSegment> segments) =>
        [.. segments.Where(s => s.Billed > GpuTime.Zero).SelectMany(s => Enumerable.Range(0, (int)s.Seconds()).Select(i => s.From.ToUnixTimeSeconds() + i))];
}
