using System.Text.Json;
using CsCheck;

namespace Marketplace.Kernel.Tests;

public sealed class PriceScheduleTests
{
    // 2026-11-02 was a Monday.
    private static readonly HourSlot Monday = HourSlot.Containing(NodaTime.Instant.FromUtc(2026, 11, 2, 0, 0));

    private static readonly Gen<UnitPrice[]> Weeks = Gen.Long[1, 10].Select(micros => UnitPrice.OfMicros(micros, Currency.Usd)).Array[PriceSchedule.HoursPerWeek];

    [Fact]
    public void Block_costs_the_mean_of_its_hours_rounded_up() => Gen.Select(Weeks, Gen.Int[0, 1000], Gen.Int[1, 1000]).Sample((week, from, hours) =>
    {
        Assert.True(PriceSchedule.TryCreate(week, out var schedule));
        var window = HourWindow.Starting(Monday + from, hours);
        var sum = window.Slots().Sum(hour => week[(hour - Monday) % PriceSchedule.HoursPerWeek].MicrosPerGpuHour);
        Assert.Equal((sum + hours - 1) / hours, schedule.Over(window).MicrosPerGpuHour);
    });

    [Fact]
    public void First_price_is_that_of_Monday_midnight()
    {
        var week = Week(2);
        week[0] = UnitPrice.OfMicros(1, Currency.Usd);
        Assert.True(PriceSchedule.TryCreate(week, out var schedule));
        Assert.Equal(1, schedule.At(Monday).MicrosPerGpuHour);
        Assert.Equal(1, schedule.At(Monday + (52 * PriceSchedule.HoursPerWeek)).MicrosPerGpuHour);
        Assert.Equal(2, schedule.At(Monday + 1).MicrosPerGpuHour);
        Assert.Equal((1, 2), (schedule.Lowest.MicrosPerGpuHour, schedule.Highest.MicrosPerGpuHour));
    }

    [Fact]
    public void Prices_are_of_one_week_and_one_currency()
    {
        Assert.False(PriceSchedule.TryCreate(Week(2)[1..], out _));
        Assert.False(PriceSchedule.TryCreate([.. Week(2)[1..], UnitPrice.OfMicros(2, Currency.Cny)], out _));
        Assert.False(PriceSchedule.TryCreate([], out _));
    }

    [Fact]
    public void Json_gives_back_what_was_written() => Weeks.Sample(week =>
    {
        Assert.True(PriceSchedule.TryCreate(week, out var schedule));
        Assert.Equal(schedule, JsonSerializer.Deserialize<PriceSchedule>(JsonSerializer.Serialize(schedule)));
    });

    [Fact]
    public void A_week_of_one_price_is_flat_and_written_as_a_unit_price()
    {
        Assert.True(PriceSchedule.TryCreate(Week(2_100_000), out var schedule));
        Assert.Equal(PriceSchedule.Flat(UnitPrice.OfMicros(2_100_000, Currency.Usd)), schedule);
        Assert.Equal("""{"perGpuHour":"2.10","currency":"USD"}""", JsonSerializer.Serialize(schedule));
    }

    private static UnitPrice[] Week(long micros) => [.. Enumerable.Repeat(UnitPrice.OfMicros(micros, Currency.Usd), PriceSchedule.HoursPerWeek)];
}
