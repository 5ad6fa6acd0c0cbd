using CsCheck;
using Marketplace.Registry.Listings;

namespace Marketplace.Registry.Tests.Listings;

public sealed class MachineScheduleTests
{
    private static readonly Gen<HourWindow> Windows = Gen.Select(Gen.Int[0, 20], Gen.Int[1, 10])
        .Select((from, hours) => HourWindow.Starting(HourSlot.MinValue + from, hours));

    private static readonly Gen<HeldHours> Holds = Gen.Select(Windows, Gen.Int[1, 5], Gen.ULong)
        .Select((window, gpus, id) => new HeldHours(ListingId.From(Ulid.Create(1, id)), gpus, window));

    [Fact]
    public void Most_held_is_that_of_the_fullest_hour() => Gen.Select(Holds.Array[0, 12], Windows).Sample((holds, window) =>
    {
        var expected = window.Slots().Max(hour => holds.Where(hold => hold.Window.Contains(hour)).Sum(hold => hold.GpuCount));
        Assert.Equal(expected, new MachineSchedule(holds).MostHeld(window));
    });

    [Fact]
    public void What_is_over_is_forgotten_and_nothing_else() => Gen.Select(Holds.Array[0, 12], Gen.Int[0, 30]).Sample((holds, hours) =>
    {
        var now = HourSlot.MinValue + hours;
        Assert.Equal(holds.Where(hold => hold.Window.To > now), new MachineSchedule(holds).From(now).Holds);
    });

    [Fact]
    public void Released_listing_holds_nothing_and_the_others_hold_on() => Gen.Select(Holds.Array[0, 12], Holds).Sample((holds, more) =>
        Assert.Equal(holds.Where(hold => hold.ListingId != more.ListingId), new MachineSchedule(holds).Hold(more).Release(more.ListingId).Holds));
}
