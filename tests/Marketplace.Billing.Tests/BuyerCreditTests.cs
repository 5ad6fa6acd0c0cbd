using Marketplace.Billing.Credit;
using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using Marketplace.Runtime.Work;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Billing.Tests;

public class BuyerCreditTests
{
    [Fact]
    public async Task A_buyer_without_a_limit_is_never_held_and_covers_anything()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await PartiesAsync(scene);
        var trade = Trade(scene, buyer, provider, gpus: 8, hours: 10);
        await scene.Send(trade);
        await scene.Send(scene.Usage(buyer, provider, 36_000) with { LeaseId = trade.LeaseId });
        await scene.Market.RunAsync();
        Assert.Empty(scene.Holds);
        Assert.Single(scene.Entries);
        Assert.True(await scene.Market.Get<IBuyerCredit>().CoversAsync(buyer, Usd(long.MaxValue), default));
        Assert.Null((await StandingAsync(scene, buyer)).Available());
    }

    [Fact]
    public async Task A_trade_is_held_with_tax_captured_by_usage_and_the_rest_is_released_when_the_usage_is_final()
    {
        await using var scene = new BillingScene(with: services => services.AddSingleton(WithTax));
        var (buyer, provider) = await PartiesAsync(scene);
        await LimitAsync(scene, buyer, Usd(10_000));
        // 2 GPUs for 10 hours at 2.10 are 42.00, with 10 % tax 46.20.
        var trade = Trade(scene, buyer, provider, gpus: 2, hours: 10);
        await scene.Send(trade);
        await scene.Send(trade);
        await scene.Market.RunAsync();
        Assert.Equal((0, 4_620, 5_380), await NumbersAsync(scene, buyer));

        // 3 GPU-hours are 6.30, with tax 6.93; the record comes twice.
        var usage = scene.Usage(buyer, provider, 10_800) with { LeaseId = trade.LeaseId };
        await scene.Send(usage);
        await scene.Send(usage);
        await scene.Market.RunAsync();
        Assert.Equal((693, 4_620 - 693, 5_380), await NumbersAsync(scene, buyer));

        var stopped = scene.Market.Time.Now;
        await scene.Send(new LeaseStopped(trade.LeaseId, LeaseEnding.Terminated, stopped, null, buyer));
        await scene.Market.RunUntilAsync(stopped + Duration.FromHours(48) - Duration.FromMilliseconds(1));
        Assert.Equal((693, 4_620 - 693, 5_380), await NumbersAsync(scene, buyer));
        await scene.Market.RunUntilAsync(stopped + Duration.FromHours(48));
        Assert.Equal((693, 0, 10_000 - 693), await NumbersAsync(scene, buyer));
        Assert.Empty(scene.Market.Messages.DeadLetters);
    }

    [Fact]
    public async Task Usage_beyond_the_hold_or_after_its_release_is_owed_all_the_same_and_nothing_stays_held()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await PartiesAsync(scene);
        await LimitAsync(scene, buyer, Usd(10_000));
        var trade = Trade(scene, buyer, provider, gpus: 1, hours: 1);
        await scene.Send(trade);
        await scene.Send(scene.Usage(buyer, provider, 3_600, price: "5.00") with { LeaseId = trade.LeaseId });
        await scene.Send(scene.Usage(buyer, provider, 3_600) with { LeaseId = trade.LeaseId });
        await scene.Market.RunAsync();
        Assert.Equal((710, 0, 9_290), await NumbersAsync(scene, buyer));
        Assert.Equal(2, scene.Entries.Count);
    }

    [Fact]
    public async Task A_lease_that_never_ran_is_released_after_its_window()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await PartiesAsync(scene);
        await LimitAsync(scene, buyer, Usd(10_000));
        var trade = Trade(scene, buyer, provider, gpus: 1, hours: 5);
        await scene.Send(trade);
        await scene.Market.RunUntilAsync(trade.Window.End + Duration.FromHours(47));
        Assert.Equal((0, 1_050, 8_950), await NumbersAsync(scene, buyer));
        await scene.Market.RunUntilAsync(trade.Window.End + Duration.FromHours(48));
        Assert.Equal((0, 0, 10_000), await NumbersAsync(scene, buyer));
    }

    [Fact]
    public async Task A_cost_is_covered_up_to_the_last_unit_with_tax_and_not_beyond()
    {
        await using var scene = new BillingScene(with: services => services.AddSingleton(WithTax));
        var (buyer, _) = await PartiesAsync(scene);
        await LimitAsync(scene, buyer, Usd(1_100));
        var credit = scene.Market.Get<IBuyerCredit>();
        Assert.True(await credit.CoversAsync(buyer, Usd(1_000), default));
        Assert.False(await credit.CoversAsync(buyer, Usd(1_001), default));
        Assert.True(await credit.CoversAsync(buyer, Money.OfMinor(1_000_000, Currency.Jpy), default));
    }

    [Fact]
    public async Task Limits_are_refused_in_order_and_kept_once()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await PartiesAsync(scene);
        var stranger = OrganisationId.Parse("org_01JABCDEFGHJKMNPQRSTVWXYZ9");
        foreach (var (who, limits, refusal) in new (OrganisationId, Money[], SetCreditTermsRefusal)[]
        {
            (stranger, [Usd(-1)], SetCreditTermsRefusal.BuyerUnknown), (provider, [Usd(1)], SetCreditTermsRefusal.BuyerUnknown),
            (buyer, [Usd(-1), Usd(-1)], SetCreditTermsRefusal.CreditLimitNegative), (buyer, [Usd(1), Usd(2)], SetCreditTermsRefusal.CreditLimitTwice),
        })
        {
            var attempt = await scene.Market.Get<SetCreditTerms>().ExecuteAsync(who, new CreditTerms(limits, "because"), IdempotencyKey.Of("refused"), default);
            Assert.Equal(refusal, attempt.Result.Refusal);
        }

        await LimitAsync(scene, buyer, Usd(5));
        await LimitAsync(scene, buyer, Usd(5));
        Assert.Equal(Usd(5), (await StandingAsync(scene, buyer)).Limit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Lost_and_repeated_messages_capture_once_and_leave_nothing_held(int seed)
    {
        await using var scene = new BillingScene(seed, disorderRate: 0.3);
        var (buyer, provider) = await PartiesAsync(scene);
        await LimitAsync(scene, buyer, Usd(1_000_000));
        var trades = Enumerable.Range(1, 10).Select(i => Trade(scene, buyer, provider, gpus: i, hours: 4)).ToList();
        foreach (var trade in trades) await scene.Send(trade);
        foreach (var trade in trades)
        {
            await scene.Send(scene.Usage(buyer, provider, 3_600) with { LeaseId = trade.LeaseId });
            await scene.Send(scene.Usage(buyer, provider, 3_600) with { LeaseId = trade.LeaseId });
        }

        await scene.Market.RunUntilAsync(trades[0].Window.End + Duration.FromDays(3));
        Assert.Equal((10 * 420, 0, 1_000_000 - 4_200), await NumbersAsync(scene, buyer));
        Assert.Equal(20, scene.Entries.Count);
    }

    private static BillingTerms WithTax { get; } = BillingTerms.Standard with { Taxes = new RatePlans([new RatePlan("tax", null, new LocalDate(2000, 1, 1), null, 1_000)]) };

    private static Money Usd(long minor) => Money.OfMinor(minor, Currency.Usd);

    private static async Task<(OrganisationId Buyer, OrganisationId Provider)> PartiesAsync(BillingScene scene) =>
        (await scene.Register(provides: false, buys: true), await scene.Register(provides: true, buys: false));

    private static async Task LimitAsync(BillingScene scene, OrganisationId buyer, params Money[] limits) => Assert.True(
        (await scene.Market.Get<SetCreditTerms>().ExecuteAsync(buyer, new CreditTerms(limits, "because"), IdempotencyKey.Of("limit"), default)).Result.IsAccepted);

    private static Task<CreditStanding> StandingAsync(BillingScene scene, OrganisationId buyer) =>
        scene.Market.Get<BuyerCredit>().ReadAsync(buyer, Currency.Usd, default);

    private static async Task<(long Owed, long Held, long Available)> NumbersAsync(BillingScene scene, OrganisationId buyer)
    {
        var standing = await StandingAsync(scene, buyer);
        return (standing.Owed.MinorUnits, standing.Held.MinorUnits, standing.Available()!.Value.MinorUnits);
    }

    private static TradeExecuted Trade(BillingScene scene, OrganisationId buyer, OrganisationId provider, int gpus, int hours)
    {
        Assert.True(UnitPrice.TryParse("2.10", Currency.Usd, out var price));
        var now = scene.Market.Time.Now;
        var first = HourSlot.Containing(now) + 1;
        return new TradeExecuted(
            TradeId.From(scene.NextId()), LeaseId.From(scene.NextId()), new BookKey(GpuModelId.Parse("nvidia-h200-sxm"), HubId.Parse("guizhou")), BidId.From(scene.NextId()), buyer, ListingId.From(scene.NextId()), provider,
            MachineId.From(scene.NextId()), gpus, new HourWindow(first, first + hours), price, new Capacity(1, 1, 1, 1), now);
    }
}
