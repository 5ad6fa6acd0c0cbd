using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.ResellHours;
using Marketplace.Leasing.TerminateLease;
using NodaTime;
using static Marketplace.Leasing.Tests.Given;

namespace Marketplace.Leasing.Tests.ResellHours;

public sealed class ResaleDeciderTests
{
    private static readonly UnitPrice Price = UnitPrice.OfMicros(2_500_000, Currency.Usd);
    private static readonly ResellHoursCommand Wanted = new(2, Hours(11, 13), Price);
    private static readonly ResaleOffered Offered = new(Offer, 2, Hours(11, 13), Price, At(9));

    private readonly Lease active = Fresh.Apply(new PreparationBegan(Proof, At(10, 15))).Apply(new LeaseActivated(At(10, 2)));
    private readonly Lease open = Fresh.Apply(Offered);

    [Fact]
    public void Buyer_may_offer_hours_of_a_lease_that_is_to_come_or_runs()
    {
        Assert.Equal(Offered, Decide(Fresh, Wanted, At(9)).Value);
        Assert.Equal(Offered with { At = At(10, 30) }, Decide(active, Wanted, At(10, 30)).Value);
        Assert.Equal(new Resale(Offer, 2, Hours(11, 13), Price, At(9)), open.Resale);
        Assert.Equal((ResaleState.Open, LeaseState.Scheduled, 2), (open.Resale!.State, open.State, open.Version));
    }

    [Fact]
    public void Hours_of_a_lease_that_is_over_or_was_itself_resold_cannot_be_offered()
    {
        Assert.Equal(ResellHoursRefusal.LeaseIsOver, Decide(active, Wanted, At(14)).Refusal);
        Assert.Equal(ResellHoursRefusal.LeaseIsOver, Decide(Fresh.Apply(new LeaseTerminated(At(9), null)), Wanted, At(9)).Refusal);
        var sublease = Lease.Of(Resold(1, 2, Hours(11, 13)), new HeadLease(Trade.LeaseId, Trade.Provider));
        Assert.Equal(ResellHoursRefusal.HoursOfAResale, Decide(sublease, Wanted, At(9)).Refusal);
    }

    [Fact]
    public void One_offer_at_a_time_until_everything_that_the_last_one_sold_is_known()
    {
        Assert.Equal(ResellHoursRefusal.ResaleIsOpen, Decide(open, Wanted, At(9)).Refusal);
        var closing = open.Apply(new ResaleStopped(At(9, 1))).Apply(new ResaleConfirmed(At(9, 1), Trades: 1));
        Assert.Equal(ResaleState.Closing, closing.Resale!.State);
        Assert.Equal(ResellHoursRefusal.ResaleIsOpen, Decide(closing, Wanted, At(9, 2)).Refusal);
        var closed = closing.Apply(new HoursResold());
        Assert.Equal(ResaleState.Closed, closed.Resale!.State);
        Assert.True(Decide(closed, Wanted, At(9, 2)).IsAccepted);
    }

    [Fact]
    public void Only_who_can_be_paid_may_offer() =>
        Assert.Equal(ResellHoursRefusal.NoPayoutAccount, ResaleDecider.Offer(Fresh, [], Wanted, Offer, canBePaid: false, At(9)).Refusal);

    [Fact]
    public void Offer_lies_within_the_lease_in_hours_that_have_not_begun_at_a_price()
    {
        Assert.Equal(ResellHoursRefusal.GpuCountAboveLease, Decide(Fresh, Wanted with { GpuCount = 5 }, At(9)).Refusal);
        Assert.Equal(ResellHoursRefusal.GpuCountAboveLease, Decide(Fresh, Wanted with { GpuCount = 0 }, At(9)).Refusal);
        Assert.Equal(ResellHoursRefusal.WindowOutsideLease, Decide(Fresh, Wanted with { Window = Hours(9, 11) }, At(8)).Refusal);
        Assert.Equal(ResellHoursRefusal.WindowOutsideLease, Decide(Fresh, Wanted with { Window = Hours(13, 15) }, At(8)).Refusal);
        Assert.True(Decide(active, Wanted, At(11)).IsAccepted);
        Assert.Equal(ResellHoursRefusal.WindowHasBegun, Decide(active, Wanted, At(11, 1)).Refusal);
        Assert.Equal(ResellHoursRefusal.PriceZero, Decide(Fresh, Wanted with { Price = UnitPrice.OfMicros(0, Currency.Usd) }, At(9)).Refusal);
    }

    [Fact]
    public void What_was_resold_before_is_left_out_of_the_next_offer_in_its_hours_while_it_lives()
    {
        var closed = open.Apply(new HoursResold()).Apply(new HoursResold()).Apply(new ResaleStopped(At(9, 1))).Apply(new ResaleConfirmed(At(9, 1), Trades: 2));
        Sublease[] sold = [new(LeaseId.From(Number(101)), Offer, 1, Hours(11, 12), IsOver: false), new(LeaseId.From(Number(102)), Offer, 2, Hours(12, 13), IsOver: false)];
        var most = Wanted with { GpuCount = 2 };
        Assert.True(Decide(closed, most, At(9, 2), sold).IsAccepted);
        Assert.Equal(ResellHoursRefusal.HoursResold, Decide(closed, most with { GpuCount = 3 }, At(9, 2), sold).Refusal);
        Assert.True(Decide(closed, most with { GpuCount = 3, Window = Hours(11, 12) }, At(9, 2), sold).IsAccepted);
        Assert.True(Decide(closed, most with { GpuCount = 4 }, At(9, 2), [sold[0] with { IsOver = true }, sold[1] with { IsOver = true }]).IsAccepted);
    }

    [Fact]
    public void Offer_is_stopped_once_and_always_after_it_was_made()
    {
        Assert.Equal([new ResaleStopped(At(9, 30))], ResaleDecider.Stop(open, Offer, At(9, 30)));
        Assert.True(Assert.IsType<ResaleStopped>(Assert.Single(ResaleDecider.Stop(open, Offer, At(9)))).At > At(9));
        Assert.Empty(ResaleDecider.Stop(open, ListingId.From(Number(50)), At(9, 30)));
        Assert.Empty(ResaleDecider.Stop(open.Apply(new ResaleStopped(At(9, 30))), Offer, At(9, 31)));
        Assert.Empty(ResaleDecider.Stop(Fresh, Offer, At(9, 30)));
    }

    [Fact]
    public void Book_that_closes_an_offer_by_itself_stops_it()
    {
        var closed = open.Apply(Assert.Single(ResaleDecider.Confirm(open, Offer, 0, At(9, 30))));
        Assert.Equal((ResaleState.Closed, At(9, 30)), (closed.Resale!.State, closed.Resale.StoppedAt));
        Assert.Empty(ResaleDecider.Confirm(closed, Offer, 0, At(9, 31)));
        Assert.Empty(ResaleDecider.Confirm(open, ListingId.From(Number(50)), 0, At(9, 30)));
    }

    [Fact]
    public void Lease_is_not_given_up_while_its_hours_are_on_offer_or_resold()
    {
        Assert.Null(Refusal(Fresh));
        Assert.Equal(TerminateLeaseRefusal.ResaleIsOpen, Refusal(open));
        var sold = open.Apply(new HoursResold());
        var closing = sold.Apply(new ResaleStopped(At(9, 1)));
        Assert.Equal(TerminateLeaseRefusal.ResaleIsOpen, Refusal(closing));
        var closed = closing.Apply(new ResaleConfirmed(At(9, 1), 1));
        var sublease = new Sublease(LeaseId.From(Number(101)), Offer, 1, Hours(11, 12), IsOver: false);
        Assert.Equal(TerminateLeaseRefusal.HoursResold, Refusal(closed, sublease));
        Assert.Null(Refusal(closed, sublease with { IsOver = true }));
        Assert.Null(ResaleDecider.RefuseToTerminate(closed, [sublease], At(12)));

        static TerminateLeaseRefusal? Refusal(Lease lease, params Sublease[] subleases) => ResaleDecider.RefuseToTerminate(lease, subleases, At(11));
    }

    [Fact]
    public void Trade_of_a_terminated_lease_is_a_broken_invariant()
    {
        var closed = open.Apply(new ResaleStopped(At(9, 1))).Apply(new ResaleConfirmed(At(9, 1), 0)).Apply(new LeaseTerminated(At(10), null));
        var sublease = new Sublease(LeaseId.From(Number(101)), Offer, 1, Hours(11, 12), IsOver: false);
        Assert.Throws<InvariantException>(() => ResaleDecider.Count(closed, sublease));
    }

    [Fact]
    public void Failure_stops_the_offer_first()
    {
        LeaseDecider.TryDecide(open, new Fail("fire"), At(9, 30), out var events);
        Assert.Equal([new ResaleStopped(At(9, 30)), new LeaseFailed(At(9, 30), null, Hours(10, 14), LeaseFailure.Reported, "fire")], events);
    }

    [Fact]
    public void Failure_of_the_machine_in_another_lease_counts_from_when_it_was()
    {
        var failure = new MachineFailure(At(11, 50), "fire");
        Assert.Equal(new LeaseFailed(At(11, 50), At(11), Hours(13, 14), LeaseFailure.MachineFailed, "fire"), Fail(active, At(12, 5)));
        Assert.Equal(new LeaseFailed(At(11, 50), null, Hours(13, 14), LeaseFailure.MachineFailed, "fire"), Fail(Fresh, At(12, 5)));
        var ready = Fresh.Apply(new PreparationBegan(Proof, At(12, 15))).Apply(new LeaseActivated(At(12, 2)));
        Assert.Equal(new LeaseFailed(At(12, 2), At(11), Hours(13, 14), LeaseFailure.MachineFailed, "fire"), Fail(ready, At(12, 5)));

        LeaseEvent Fail(Lease lease, Instant now)
        {
            Assert.True(LeaseDecider.TryDecide(lease, new FailWithMachine(failure), now, out var events));
            return Assert.Single(events);
        }
    }

    private static Result<ResaleOffered, ResellHoursRefusal> Decide(Lease lease, ResellHoursCommand wanted, Instant now, params Sublease[] subleases) =>
        ResaleDecider.Offer(lease, subleases, wanted, Offer, canBePaid: true, now);
}
