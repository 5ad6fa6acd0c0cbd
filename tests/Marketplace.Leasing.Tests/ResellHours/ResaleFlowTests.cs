using Marketplace.Contracts;
using Marketplace.Leasing.FailLease;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.ResellHours;
using Marketplace.Leasing.TerminateLease;
using Marketplace.Runtime.Work;
using NodaTime;
using static Marketplace.Leasing.Tests.Given;

namespace Marketplace.Leasing.Tests.ResellHours;

public sealed class ResaleFlowTests
{
    private static readonly UnitPrice Price = UnitPrice.OfMicros(2_500_000, Currency.Usd);

    [Fact]
    public async Task Buyer_offers_hours_and_the_book_is_told_once()
    {
        await using var others = await WithLeaseAsync();
        var command = new ResellHoursCommand(2, Hours(11, 13), Price);
        var first = await ResellAsync(others, Trade.Buyer, command, "k");
        var again = await ResellAsync(others, Trade.Buyer, command, "k");
        Assert.Equal((first.Result.Value, true), (again.Result.Value, again.Replayed));
        await others.Simulated.RunAsync();
        var offer = others.Only<OfferResale>();
        Assert.Equal(
            new OfferResale(Trade.Book, first.Result.Value.Resale!.ListingId, Trade.ListingId, Trade.LeaseId, Trade.Buyer, 2, Hours(11, 13), Price, At(8)), offer);
        Assert.Equal(ResellHoursRefusal.UnknownLease, (await ResellAsync(others, SecondBuyer, command, "x")).Result.Refusal);
        Assert.Equal(ResellHoursRefusal.NotTheBuyer, (await ResellAsync(others, Trade.Provider, command, "x")).Result.Refusal);
        Assert.Equal(ResellHoursRefusal.ResaleIsOpen, (await ResellAsync(others, Trade.Buyer, command, "x")).Result.Refusal);
    }

    [Fact]
    public async Task Resold_hours_become_a_lease_that_the_machines_owner_proves_and_the_reseller_is_paid_for()
    {
        await using var others = await WithLeaseAsync();
        var resold = Resold(1, 2, Hours(11, 13), await OfferAsync(others));
        await others.TellAsync(resold);
        var sublease = await others.LeaseAsync(resold.LeaseId);
        Assert.Equal((SecondBuyer, Trade.Buyer, new HeadLease(Trade.LeaseId, Trade.Provider)), (sublease.Buyer, sublease.Provider, sublease.Head));
        Assert.Equal(1, (await others.LeaseAsync()).Resale!.Trades);

        await others.Simulated.RunUntilAsync(At(10));
        await others.AnswerAsync(others.Only<RequestVerification>(), passed: true, At(10, 1));
        await others.Simulated.RunUntilAsync(At(11));
        var request = others.Of<RequestVerification>().Single(r => r.Subject == resold.LeaseId.ToString());
        Assert.Equal((Trade.Provider, Trade.MachineId, 2), (request.Provider, request.MachineId, request.GpuCount));
        await others.AnswerAsync(request, passed: true, At(11, 1));
        Assert.Contains(
            new LeaseReady(resold.LeaseId, SecondBuyer, Trade.Buyer, Trade.MachineId, 2, Hours(11, 13), resold.Price, At(11, 1)), others.Of<LeaseReady>());
        Assert.Equal(2, (await others.Queries.ListOfMachineAsync(Trade.MachineId, default)).Active.Count);

        await others.Simulated.RunUntilAsync(At(15));
        Assert.Equal(
            [
                new LeaseStopped(resold.LeaseId, LeaseEnding.Completed, At(13), null, resold.Buyer),
                new LeaseStopped(Trade.LeaseId, LeaseEnding.Completed, At(14), null, Trade.Buyer),
            ],
            others.Of<LeaseStopped>().OrderBy(s => s.StoppedAt));
        Assert.Equal(At(13), others.Only<CloseResale>().ClosedAt);
        Assert.Empty(others.Of<ReturnHours>());
        Assert.Empty(others.Simulated.Messages.DeadLetters);
    }

    [Fact]
    public async Task Lease_can_be_given_up_once_the_book_has_closed_the_offer_and_resold_hours_are_over()
    {
        await using var others = await WithLeaseAsync();
        var offer = await OfferAsync(others);
        Assert.Equal(TerminateLeaseRefusal.ResaleIsOpen, (await TerminateAsync(others, Trade)).Refusal);

        var stop = others.Simulated.Get<StopResale>();
        Assert.Equal(StopResaleRefusal.UnknownLease, (await stop.ExecuteAsync(SecondBuyer, Trade.LeaseId, default)).Refusal);
        Assert.Equal(StopResaleRefusal.NotTheBuyer, (await stop.ExecuteAsync(Trade.Provider, Trade.LeaseId, default)).Refusal);
        Assert.Equal(ResaleState.Closing, (await stop.ExecuteAsync(Trade.Buyer, Trade.LeaseId, default)).Value.Resale!.State);
        Assert.True((await stop.ExecuteAsync(Trade.Buyer, Trade.LeaseId, default)).IsAccepted);
        await others.Simulated.RunAsync();
        Assert.Equal((offer, Trade.LeaseId), (others.Only<CloseResale>().ListingId, others.Only<CloseResale>().LeaseId));
        Assert.Equal(TerminateLeaseRefusal.ResaleIsOpen, (await TerminateAsync(others, Trade)).Refusal);

        // The book sold hours before it heard of the end, and its word overtakes the trade's.
        var resold = Resold(1, 2, Hours(11, 13), offer);
        await others.TellAsync(new ResaleClosed(Trade.LeaseId, offer, Trades: 1, At(8, 1)));
        Assert.Equal(TerminateLeaseRefusal.ResaleIsOpen, (await TerminateAsync(others, Trade)).Refusal);
        await others.TellAsync(resold);
        Assert.Equal(TerminateLeaseRefusal.HoursResold, (await TerminateAsync(others, Trade)).Refusal);

        var sublease = await others.Simulated.Get<TerminateLease.TerminateLease>().ExecuteAsync(SecondBuyer, resold.LeaseId, default);
        Assert.Equal(LeaseState.Terminated, sublease.Value.State);
        await others.Simulated.RunAsync();
        Assert.Equal(new ReturnHours(Trade.Book, resold.TradeId, offer, 2, Hours(11, 13)), others.Only<ReturnHours>());
        Assert.Equal(LeaseState.Terminated, (await TerminateAsync(others, Trade)).Value.State);
    }

    [Fact]
    public async Task End_of_a_sublease_that_is_heard_of_before_its_beginning_stands()
    {
        await using var others = await WithLeaseAsync();
        var offer = await OfferAsync(others);
        var sublease = new Sublease(Resold(1, 2, Hours(11, 13)).LeaseId, offer, 2, Hours(11, 13), IsOver: true);
        await others.TellAsync(new RecordSublease(Trade.LeaseId, sublease, null));
        await others.TellAsync(new RecordSublease(Trade.LeaseId, sublease with { IsOver = false }, null));
        await others.TellAsync(new ResaleClosed(Trade.LeaseId, offer, Trades: 1, At(8, 1)));
        Assert.Equal(1, (await others.LeaseAsync()).Resale!.Trades);
        Assert.Equal(LeaseState.Terminated, (await TerminateAsync(others, Trade)).Value.State);
    }

    [Fact]
    public async Task Resale_that_was_never_made_cannot_be_stopped()
    {
        await using var others = await WithLeaseAsync();
        Assert.Equal(StopResaleRefusal.NeverOffered, (await others.Simulated.Get<StopResale>().ExecuteAsync(Trade.Buyer, Trade.LeaseId, default)).Refusal);
    }

    [Fact]
    public async Task Buyer_without_an_account_to_be_paid_to_cannot_resell()
    {
        await using var others = await WithLeaseAsync(Trade with { Buyer = SecondBuyer });
        var refused = await ResellAsync(others, SecondBuyer, new ResellHoursCommand(2, Hours(11, 13), Price), "k");
        Assert.Equal(ResellHoursRefusal.NoPayoutAccount, refused.Result.Refusal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    public async Task Failed_lease_closes_the_offer_and_fails_what_was_resold_of_it(double disorderRate)
    {
        await using var others = await WithLeaseAsync(disorderRate: disorderRate);
        var offer = await OfferAsync(others);
        for (var i = 0; i < 120; i++) await others.Simulated.SendAsync(Resold(i, 1, Hours(11, 13), offer));
        await others.Simulated.RunUntilAsync(At(9));
        await others.Simulated.Get<FailLease.FailLease>().ExecuteAsync(Trade.Provider, Trade.LeaseId, "fire", default);
        await others.Simulated.RunAsync();

        // One more was on its way.
        await others.TellAsync(Resold(120, 1, Hours(11, 13), offer));
        for (var i = 0; i <= 120; i++)
        {
            var sublease = await others.LeaseAsync(Resold(i, 1, Hours(11, 13)).LeaseId);
            Assert.Equal((LeaseState.Failed, (LeaseFailure?)LeaseFailure.MachineFailed, At(9)), (sublease.State, sublease.Failure, sublease.EndedAt));
        }

        Assert.Equal(offer, others.Only<CloseResale>().ListingId);
        Assert.Equal((Trade.Provider, Trade.ListingId), (others.Only<SuspendListing>().Provider, others.Only<SuspendListing>().ListingId));
        Assert.All(others.Of<ReturnHours>(), hours => Assert.True(hours.StopOffering));
        Assert.Equal(121, others.Of<ReturnHours>().Where(hours => hours.ListingId == offer).DistinctBy(hours => hours.TradeId).Count());
        Assert.Empty(others.Simulated.Messages.DeadLetters);
    }

    [Fact]
    public async Task Machine_that_fails_in_resold_hours_fails_the_lease_and_its_other_resold_hours_with_their_credits()
    {
        await using var others = await WithLeaseAsync();
        var offer = await OfferAsync(others);
        var (first, second) = (Resold(1, 1, Hours(11, 13), offer), Resold(2, 1, Hours(12, 13), offer));
        await others.TellAsync(first);
        await others.TellAsync(second);
        await others.Simulated.RunUntilAsync(At(10));
        await others.AnswerAsync(others.Only<RequestVerification>(), passed: true, At(10, 1));
        await others.Simulated.RunUntilAsync(At(11));
        await others.AnswerAsync(others.Of<RequestVerification>().Single(r => r.Subject == first.LeaseId.ToString()), passed: true, At(11, 1));

        var fail = others.Simulated.Get<FailLease.FailLease>();
        Assert.Equal(FailLeaseRefusal.NotTheProvider, (await fail.ExecuteAsync(Trade.Buyer, first.LeaseId, "mine", default)).Refusal);
        Assert.Equal(FailLeaseRefusal.UnknownLease, (await fail.ExecuteAsync(Trade.Provider, first.LeaseId, "mine", default)).Refusal);

        // The machine does not show that it is ready for the second one.
        await others.Simulated.RunUntilAsync(At(12, 16));
        Assert.Equal(LeaseFailure.ReadinessTimedOut, (await others.LeaseAsync(second.LeaseId)).Failure);
        foreach (var lease in (LeaseId[])[Trade.LeaseId, first.LeaseId])
        {
            var failed = await others.LeaseAsync(lease);
            Assert.Equal((LeaseFailure.MachineFailed, At(12), "no proof came in time that the machine is ready"), (failed.Failure, failed.CreditedFrom, failed.FailureDetail));
        }

        Assert.Equal(Trade.ListingId, others.Only<SuspendListing>().ListingId);
    }

    private static async Task<Others> WithLeaseAsync(TradeExecuted? trade = null, double disorderRate = 0)
    {
        var others = new Others(disorderRate);
        await others.TellAsync(trade ?? Trade);
        return others;
    }

    private static async Task<ListingId> OfferAsync(Others others)
    {
        var attempt = await ResellAsync(others, Trade.Buyer, new ResellHoursCommand(2, Hours(11, 13), Price), "offer");
        await others.Simulated.RunAsync();
        return attempt.Result.Value.Resale!.ListingId;
    }

    private static Task<Attempt<Lease, ResellHoursRefusal>> ResellAsync(Others others, OrganisationId caller, ResellHoursCommand command, string key) =>
        others.Simulated.Get<Leasing.ResellHours.ResellHours>().ExecuteAsync(caller, Trade.LeaseId, command, IdempotencyKey.Of(key), default);

    private static Task<Result<Lease, TerminateLeaseRefusal>> TerminateAsync(Others others, TradeExecuted trade) =>
        others.Simulated.Get<TerminateLease.TerminateLease>().ExecuteAsync(trade.Buyer, trade.LeaseId, default);
}
