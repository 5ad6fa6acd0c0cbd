using Marketplace.Contracts;
using Marketplace.Leasing.Recheck;
using NodaTime;
using static Marketplace.Leasing.Tests.Given;

namespace Marketplace.Leasing.Tests.Recheck;

public sealed class ShortfallTests
{
    private static readonly Capacity Sold = new(1000, 500, 141_000, 4_000);

    [Fact]
    public void Six_tenths_proven_give_back_four_tenths_from_the_hour_of_the_last_passed_proof_on() =>
        Assert.Equal(new Shortfall(At(10), At(13), 4_000), Of(new Capacity(600, 300, 0, 0), provenAt: At(10, 2), freeFrom: At(13)));

    [Fact]
    public void Figure_that_is_furthest_below_what_was_sold_counts() =>
        Assert.Equal(4_500, Of(new Capacity(900, 275, 0, 0), At(10), At(13))!.BasisPoints);

    [Fact]
    public void Figure_that_was_not_asked_for_does_not_count() =>
        Assert.Equal(1_000, Of(new Capacity(900, 500, 0, 0), At(10), At(13))!.BasisPoints);

    [Fact]
    public void Part_is_rounded_up() => Assert.Equal(3_334, Shortfall.Of(new Capacity(3, 0, 0, 0), new(new(3, 0, 0, 0), new(2, 0, 0, 0)), At(10), At(13))!.BasisPoints);

    [Fact]
    public void Machine_that_proves_nothing_has_nothing() => Assert.Equal(new Shortfall(At(10), At(12), Shortfall.Whole), Of(null, At(10, 59), At(12)));

    [Fact]
    public void More_than_was_sold_though_less_than_was_claimed_gives_nothing_back() =>
        Assert.Null(Shortfall.Of(Sold, new(new(1200, 0, 0, 0), new(1001, 0, 0, 0)), At(10), At(13)));

    [Fact]
    public void Hour_in_which_it_failed_is_free_anyway() => Assert.Null(Of(null, provenAt: At(12, 10), freeFrom: At(12)));

    [Fact]
    public void Passed_proof_settles_what_was_before() =>
        Assert.Equal(At(12), Of(new Capacity(600, 300, 0, 0), provenAt: At(12, 30), freeFrom: At(13))!.From);

    private static Shortfall? Of(Capacity? proven, Instant provenAt, Instant freeFrom) =>
        Shortfall.Of(Sold, new FailedCheck(new Capacity(1100, 550, 0, 0), proven), provenAt, freeFrom);
}
