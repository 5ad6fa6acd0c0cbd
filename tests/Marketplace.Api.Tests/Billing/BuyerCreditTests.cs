using Marketplace.Api.Auth;
using Marketplace.Api.Tests.Trading;
using Marketplace.Client;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Api.Tests.Billing;

public sealed class BuyerCreditTests
{
    [Fact]
    public async Task A_bid_beyond_the_limit_is_refused_and_what_a_trade_can_cost_is_held()
    {
        await using var market = await MarketWalk.StartAsync();
        var host = market.Host;
        var buyer = host.NewOrganisation();
        await host.SendAsync(new OrganisationRegistered(buyer, "Buyer", "b@example.com", false, true, null));
        await host.WhenIdleAsync();
        var own = host.Client(host.TokenOf(buyer));
        var finance = host.Client(host.StaffToken(Scopes.FinanceRead, Scopes.FinanceWrite));
        Assert.All((await own.GetCreditAsync()).Currencies, c => Assert.Null(c.Limit));

        var limits = new SetCreditLimitsRequest([new MoneyModel("4.99", "USD")], "New customer.");
        await finance.SetCreditLimitsAsync(buyer.ToString(), limits, "limit-1");
        Assert.Equal("credit_exceeded", (await Refused(() => own.PlaceBidAsync(MarketWalk.Bid(), "order-1", waitSeconds: 10))).Code);
        await finance.SetCreditLimitsAsync(buyer.ToString(), limits with { Limits = [new MoneyModel("5.00", "USD")] }, "limit-2");
        var bid = await own.PlaceBidAsync(MarketWalk.Bid(), "order-2", waitSeconds: 10);
        Assert.Equal("filled", bid.Status);
        await host.WhenIdleAsync();

        // Bought at 2.10 for two hours.
        var credit = (await own.GetCreditAsync()).Currencies.Single(c => c.Held.Currency == "USD");
        Assert.Equal(("4.20", "0.00", "0.80"), (credit.Held.Amount, credit.Owed.Amount, credit.Available!.Amount));
        Assert.Equal(credit, (await finance.GetCreditAsync(buyer.ToString())).Currencies.Single(c => c.Held.Currency == "USD"));
        Assert.True((await finance.CheckJournalAsync("USD")).IsSound);
        Assert.Equal("credit_exceeded", (await Refused(() => own.PlaceBidAsync(MarketWalk.Bid("1.00", 12, 13), "order-3"))).Code);

        // An hour of it is used: captured out of the hold. The rest is released two days after the window.
        var trade = bid.Trades![0];
        Assert.True(UnitPrice.TryParse("2.10", Currency.Usd, out var price));
        var hour = new HourUsage(HourSlot.Containing(Instant.FromUtc(2026, 11, 2, 10, 0)), GpuTime.OfGpuHours(1, 1));
        var ids = host.Services.GetRequiredService<IIdSource>();
        var provider = host.NewOrganisation();
        await host.SendAsync(new OrganisationRegistered(provider, "Provider", "p@example.com", true, false, null));
        await host.WhenIdleAsync();
        await host.SendAsync(new UsageMetered(
            ids.Next<UsageKind>(), LeaseId.Parse(trade.LeaseId), buyer, provider, price, [hour], hour.Used, host.Time.Now, host.Time.Now, host.Time.Now));
        await host.WhenIdleAsync();
        credit = (await own.GetCreditAsync()).Currencies.Single(c => c.Held.Currency == "USD");
        Assert.Equal(("2.10", "2.10", "0.80"), (credit.Held.Amount, credit.Owed.Amount, credit.Available!.Amount));

        var small = await own.PlaceBidAsync(MarketWalk.Bid("0.70", 12, 13), "order-4", waitSeconds: 10);
        var dearer = new ReplaceBidRequest(Limit: new LimitModel("0.81", "USD"));
        Assert.Equal("credit_exceeded", (await Refused(() => own.ReplaceBidAsync(small.BidId, dearer, "replace-1"))).Code);

        await host.AdvanceAsync(Duration.FromHours(4 + 48));
        credit = (await own.GetCreditAsync()).Currencies.Single(c => c.Held.Currency == "USD");
        Assert.Equal(("0.00", "2.10", "2.90"), (credit.Held.Amount, credit.Owed.Amount, credit.Available!.Amount));
        Assert.True((await finance.CheckJournalAsync("USD")).IsSound);
    }

    [Fact]
    public async Task Limits_are_finances_to_set_and_refusals_have_their_codes()
    {
        await using var host = await ApiHost.StartAsync();
        var stranger = host.NewOrganisation().ToString();
        var finance = host.Client(host.StaffToken(Scopes.FinanceWrite));
        var good = new SetCreditLimitsRequest([new MoneyModel("5.00", "USD")], "Because.");
        Assert.Equal("buyer_unknown", (await Refused(() => finance.SetCreditLimitsAsync(stranger, good, "k"))).Code);
        Assert.Equal("invalid_fields", (await Refused(() => finance.SetCreditLimitsAsync(stranger, good with { Reason = "" }, "k"))).Code);
        Assert.Equal("invalid_fields", (await Refused(() => finance.SetCreditLimitsAsync(stranger, good with { Limits = null }, "k"))).Code);
        Assert.Equal("not_found", (await Refused(() => finance.SetCreditLimitsAsync("org_1", good, "k"))).Code);
        var own = host.Client(host.TokenOf(host.NewOrganisation()));
        Assert.Equal("scope_required", (await Refused(() => own.SetCreditLimitsAsync(stranger, good, "k"))).Code);
        Assert.Equal("scope_required", (await Refused(() => own.GetCreditAsync(stranger))).Code);
        Assert.Equal("organisation_required", (await Refused(() => finance.GetCreditAsync())).Code);
    }

    private static Task<ProblemException> Refused<T>(Func<Task<T>> act) => Assert.ThrowsAsync<ProblemException>(act);
}
