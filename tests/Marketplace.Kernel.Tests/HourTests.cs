using CsCheck;
using NodaTime;

namespace Marketplace.Kernel.Tests;

public sealed class HourTests
{
    private static readonly Gen<HourSlot> Slots = Gen.Int[HourSlot.MinValue.Index, HourSlot.MaxValue.Index - HourWindow.MaxHours].Select(HourSlot.OfIndex);
    private static readonly Gen<HourWindow> Windows = Gen.Select(Slots, Gen.Int[1, 500]).Select((from, hours) => HourWindow.Starting(from, hours));

    [Fact]
    public void Instant_falls_into_the_slot_that_starts_at_or_before_it() =>
        Gen.Long[HourSlot.MinValue.Start.ToUnixTimeTicks(), HourSlot.MaxValue.Start.ToUnixTimeTicks()].Sample(ticks =>
        {
            var instant = Instant.FromUnixTimeTicks(ticks);
            var slot = HourSlot.Containing(instant);
            Assert.True(slot.Start <= instant && instant < slot.End);
            Assert.Equal(slot.Start == instant, HourSlot.TryStartingAt(instant, out _));
        });

    [Fact]
    public void Last_instant_before_an_hour_belongs_to_the_hour_before() => Slots.Sample(slot =>
        Assert.Equal(slot, HourSlot.Containing(slot.End - Duration.Epsilon)));

    [Fact]
    public void Slots_outside_two_centuries_do_not_start()
    {
        Assert.False(HourSlot.TryStartingAt(HourSlot.MinValue.Start - Duration.FromHours(1), out _));
        Assert.True(HourSlot.TryStartingAt(HourSlot.MinValue.Start, out _));
        Assert.True(HourSlot.TryStartingAt(HourSlot.MaxValue.Start, out _));
        Assert.False(HourSlot.TryStartingAt(HourSlot.MaxValue.End, out _));
    }

    [Fact]
    public void Window_is_at_least_an_hour_and_at_most_366_days()
    {
        var from = HourSlot.Containing(Instant.FromUtc(2026, 11, 2, 8, 0));
        Assert.False(HourWindow.TryCreate(from, from, out _));
        Assert.False(HourWindow.TryCreate(from, from + -1, out _));
        Assert.True(HourWindow.TryCreate(from, from + HourWindow.MaxHours, out _));
        Assert.False(HourWindow.TryCreate(from, from + (HourWindow.MaxHours + 1), out _));
        Assert.Throws<InvariantException>(() => new HourWindow(from, from));
    }

    [Fact]
    public void Window_holds_just_its_slots() => Gen.Select(Windows, Gen.Int[-5, 505]).Sample((window, offset) =>
    {
        var slots = window.Slots().ToList();
        var other = window.From + offset;
        Assert.Equal(window.Hours, slots.Count);
        Assert.All(slots, slot => Assert.True(window.Contains(slot)));
        Assert.Equal(slots.Contains(other), window.Contains(other));
        Assert.False(window.Contains(window.To));
        Assert.False(window.Contains(window.From + -1));
    });

    [Fact]
    public void Windows_overlap_just_when_they_share_a_slot() =>
        Gen.Select(Gen.Int[0, 20], Gen.Int[1, 10], Gen.Int[0, 20], Gen.Int[1, 10]).Sample((aFrom, aHours, bFrom, bHours) =>
        {
            var (a, b) = (At(aFrom, aHours), At(bFrom, bHours));
            Assert.Equal(a.Slots().Intersect(b.Slots()).Any(), a.Overlaps(b));
            Assert.Equal(a.Overlaps(b), b.Overlaps(a));
            Assert.Equal(b.Slots().All(a.Contains), a.Contains(b));
        });

    [Fact]
    public void Gpu_time_is_never_negative_and_never_wraps()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GpuTime.OfGpuSeconds(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => GpuTime.Zero - GpuTime.OfGpuSeconds(1));
        Assert.Throws<OverflowException>(() => GpuTime.OfGpuSeconds(long.MaxValue) + GpuTime.OfGpuSeconds(1));
        Assert.Throws<OverflowException>(() => GpuTime.OfGpuHours(int.MaxValue, int.MaxValue));
        Assert.Equal(7200, GpuTime.OfGpuHours(2, 1).GpuSeconds);
    }

    [Fact]
    public void Period_holds_its_instants_and_none_of_the_next() => Gen.Int[2000, 2199].Select(Gen.Int[1, 12]).Sample((year, month) =>
    {
        var start = Instant.FromUtc(year, month, 1, 0, 0);
        var period = BillingPeriod.Containing(start);
        Assert.Equal(start, period.Start);
        Assert.Equal(period, BillingPeriod.Containing(period.End - Duration.Epsilon));
        Assert.Equal(period.Next, BillingPeriod.Containing(period.End));
        Assert.True(period.CompareTo(period.Next) < 0);
        Assert.True(BillingPeriod.TryParse(period.ToString(), out var back));
        Assert.Equal(period, back);
    });

    [Theory]
    [InlineData("2026-13")]
    [InlineData("2026-00")]
    [InlineData("1999-12")]
    [InlineData("2200-01")]
    [InlineData("2026-1")]
    [InlineData("2026/10")]
    [InlineData("+026-10")]
    public void Text_that_is_no_month_is_not_read(string text) => Assert.False(BillingPeriod.TryParse(text, out _));

    private static HourWindow At(int from, int hours) => HourWindow.Starting(HourSlot.MinValue + from, hours);
}
