using Marketplace.Contracts;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.Recheck;
using Marketplace.Runtime.Work;
using NodaTime;
using static Marketplace.Leasing.Tests.Given;

namespace Marketplace.Leasing.Tests.Recheck;

public sealed class RecheckFlowTests
{
    private static readonly Capacity Claim = new(1000, 0, 0, 0);

    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    public async Task Failed_recheck_ends_the_lease_frees_its_hour_and_credits_what_was_missing_before(double disorderRate)
    {
        await using var others = new Others(disorderRate);
        await ActiveAsync(others);
        await others.Simulated.RunUntilAsync(At(13, 20));
        await others.TellAsync(Verdict(passed: false, new Capacity(600, 0, 0, 0)));
        var lease = await others.LeaseAsync();
        Assert.Equal((LeaseState.Failed, LeaseFailure.RecheckFailed, At(13)), (lease.State, lease.Failure!.Value, lease.CreditedFrom!.Value));
        var credit = others.Only<CreditShortfall>();
        Assert.Equal((Trade.LeaseId, Trade.Buyer, At(10), At(13), 4_000), (credit.LeaseId, credit.Buyer, credit.From, credit.To, credit.BasisPoints));
        Assert.Contains("40 %", credit.Reason, StringComparison.Ordinal);
        Assert.Equal(new LeaseStopped(Trade.LeaseId, LeaseEnding.Failed, At(13, 20), At(13), Trade.Buyer), others.Only<LeaseStopped>());
        Assert.Equal(Trade.ListingId, others.Only<SuspendListing>().ListingId);
        Assert.Empty(others.Simulated.Messages.DeadLetters);
    }

    [Fact]
    public async Task Hours_go_back_to_a_book_that_stops_offering()
    {
        await using var others = new Others();
        await ActiveAsync(others);
        await others.Simulated.RunUntilAsync(At(11, 20));
        await others.TellAsync(Verdict(passed: false, null) with { DecidedAt = At(11, 20) });
        Assert.Equal(new ReturnHours(Trade.Book, Trade.TradeId, Trade.ListingId, 4, Hours(12, 14), StopOffering: true), others.Only<ReturnHours>());
        Assert.Equal((At(10), At(11), Shortfall.Whole), Of(others.Only<CreditShortfall>()));
    }

    [Fact]
    public async Task Passed_recheck_settles_the_hours_before_it()
    {
        await using var others = new Others();
        await ActiveAsync(others);
        await others.Simulated.RunUntilAsync(At(12, 10));
        await others.TellAsync(Verdict(passed: true, Claim));
        Assert.Equal((LeaseState.Active, At(12, 10)), ((await others.LeaseAsync()).State, (await others.LeaseAsync()).ProvenAt!.Value));
        await others.Simulated.RunUntilAsync(At(13, 30));
        await others.TellAsync(Verdict(passed: false, new Capacity(500, 0, 0, 0)) with { DecidedAt = At(13, 30) });
        Assert.Equal((At(12), At(13), 5_000), Of(others.Only<CreditShortfall>()));
    }

    [Fact]
    public async Task Recheck_is_nothing_to_a_lease_that_does_not_run()
    {
        await using var others = new Others();
        await others.Simulated.SendAsync(Trade);
        await others.Simulated.RunAsync();
        await others.TellAsync(Verdict(passed: false, null));
        Assert.Equal(LeaseState.Scheduled, (await others.LeaseAsync()).State);
        await others.Simulated.RunUntilAsync(At(10));
        await others.AnswerAsync(others.Only<RequestVerification>(), passed: true, At(10, 2));
        await others.Simulated.RunUntilAsync(At(14));
        await others.TellAsync(Verdict(passed: false, null));
        Assert.Equal(LeaseState.Completed, (await others.LeaseAsync()).State);
        Assert.Empty(others.Of<CreditShortfall>());
    }

    [Fact]
    public async Task Provider_that_reports_a_failure_while_a_recheck_is_announced_has_failed_it()
    {
        await using var others = new Others();
        await ActiveAsync(others);
        await others.Simulated.RunUntilAsync(At(13, 20));
        others.Rechecks.Add(Trade.MachineId);
        await others.Simulated.Get<FailLease.FailLease>().ExecuteAsync(Trade.Provider, Trade.LeaseId, "The fan stopped.", default);
        await others.Simulated.RunAsync();
        Assert.Equal((At(10), At(13), Shortfall.Whole), Of(others.Only<CreditShortfall>()));
    }

    [Fact]
    public async Task Operator_who_reports_one_then_and_provider_without_recheck_free_the_hour_only()
    {
        foreach (OrganisationId? caller in (OrganisationId?[])[null, Trade.Provider])
        {
            await using var others = new Others();
            await ActiveAsync(others);
            await others.Simulated.RunUntilAsync(At(13, 20));
            if (caller is null) others.Rechecks.Add(Trade.MachineId);
            await others.Simulated.Get<FailLease.FailLease>().ExecuteAsync(caller, Trade.LeaseId, "fire", default);
            await others.Simulated.RunAsync();
            Assert.Empty(others.Of<CreditShortfall>());
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.4, 1)]
    [InlineData(0.4, 2)]
    public async Task Lease_and_what_was_resold_of_it_are_each_credited_for_their_own_hours(double disorderRate, int order)
    {
        await using var others = new Others(disorderRate);
        await ActiveAsync(others);
        await others.Simulated.Get<Leasing.ResellHours.ResellHours>().ExecuteAsync(
            Trade.Buyer, Trade.LeaseId, new Leasing.ResellHours.ResellHoursCommand(2, Hours(11, 14), Trade.Price), IdempotencyKey.Of("offer"), default);
        await others.Simulated.RunAsync();
        var sublease = Resold(1, 2, Hours(11, 14), others.Only<OfferResale>().ListingId);
        await others.TellAsync(sublease);
        await others.Simulated.RunUntilAsync(At(11));
        await others.AnswerAsync(others.Of<RequestVerification>().Single(request => request.Subject == sublease.LeaseId.ToString()), passed: true, At(11, 1));
        await others.Simulated.RunUntilAsync(At(13, 20));

        // The verdict comes to both at once, or by one of them first.
        if (order == 1) await others.TellAsync(Verdict(passed: false, new Capacity(700, 0, 0, 0)));
        else await others.TellAsync(new RecordRecheck(sublease.LeaseId, Verdict(passed: false, new Capacity(700, 0, 0, 0))));
        await others.Simulated.RunAsync();
        var credits = others.Of<CreditShortfall>().ToDictionary(credit => credit.LeaseId);
        Assert.Equal((At(10), At(13), 3_000), Of(credits[Trade.LeaseId]));
        Assert.Equal((At(11), At(13), 3_000), Of(credits[sublease.LeaseId]));
        Assert.Equal((Trade.Buyer, SecondBuyer), (credits[Trade.LeaseId].Buyer, credits[sublease.LeaseId].Buyer));
        Assert.Equal(2, others.Of<CreditShortfall>().Count());
    }

    private static async Task ActiveAsync(Others others)
    {
        await others.Simulated.SendAsync(Trade);
        await others.Simulated.RunUntilAsync(At(10));
        await others.AnswerAsync(others.Only<RequestVerification>(), passed: true, At(10, 1));
    }

    private static MachineRechecked Verdict(bool passed, Capacity? proven) => new(
        RecheckWindowId.From(Number(70)), Trade.Provider, Trade.MachineId, passed, passed ? null : VerificationFailure.BelowClaim, Claim, proven,
        passed ? CertificateId.From(Number(71)) : null, passed ? At(12, 10) : At(13, 20));

    private static (Instant From, Instant To, int BasisPoints) Of(CreditShortfall credit) => (credit.From, credit.To, credit.BasisPoints);
}
