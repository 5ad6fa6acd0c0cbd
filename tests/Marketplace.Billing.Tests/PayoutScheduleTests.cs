using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.PayProviders;
using Marketplace.Billing.StartRun;
using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Billing.Tests;

public class PayoutScheduleTests
{
    [Theory]
    [InlineData(PayoutSchedule.Daily, "2026-11-03")]
    [InlineData(PayoutSchedule.Weekly, "2026-11-09")]
    [InlineData(PayoutSchedule.Monthly, "2026-12-01")]
    public async Task A_provider_is_paid_on_its_own_days(PayoutSchedule schedule, string day)
    {
        await using var scene = new BillingScene();
        var (_, provider) = await Paid(scene, 3_600);
        await scene.Terms(provider, schedule);
        await scene.Market.RunUntilAsync(Instant.FromUtc(2026, 12, 2, 0, 0));
        var payout = Assert.Single(await scene.Payouts());
        Assert.Equal(NodaTime.Text.LocalDatePattern.Iso.Parse(day).Value, payout.CreatedAt.InUtc().Date);
        scene.IsSettled();
    }

    [Fact]
    public async Task Below_the_minimum_is_carried_forward_and_counted_by_currency()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await Paid(scene, 3_600);
        await scene.Terms(provider, PayoutSchedule.Daily, Money.OfMinor(200, Currency.Usd), Money.OfMinor(5_000, Currency.Cny));
        await Paid(scene, 3_600, (buyer, provider), Currency.Cny);
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(3));
        Assert.Empty(await scene.Payouts());

        await Paid(scene, 60, (buyer, provider));
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(2));
        var payouts = await scene.Payouts();
        Assert.Equal(203, payouts.Sum(p => p.Amount.MinorUnits));
        Assert.All(payouts, p => Assert.Equal(Currency.Usd, p.Amount.Currency));

        // Finance may pay out what waits at any time.
        await scene.Run(RunPurpose.Payout, "now");
        Assert.Contains(await scene.Payouts(), p => p.Amount.Currency == Currency.Cny);
        scene.IsSettled();
    }

    [Fact]
    public async Task Once_the_minimum_is_reached_all_of_it_is_paid_however_many_payouts_that_takes()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await Paid(scene, 600);
        await scene.Terms(provider, PayoutSchedule.Daily, Money.OfMinor(ProviderPayouts.MaxShares * 33, Currency.Usd));
        for (var i = 0; i < ProviderPayouts.MaxShares; i++) await scene.Send(scene.Usage(buyer, provider, 600));
        await Paid(scene, 600, (buyer, provider));
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(2));
        Assert.Equal(ProviderPayouts.MaxShares + 2, (await scene.Payouts()).Sum(p => p.Shares.Count));
        scene.IsSettled();
    }

    [Fact]
    public async Task What_a_provider_owes_counts_against_the_minimum()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await Paid(scene, 3_600);
        var first = await scene.Invoice();
        await scene.Run(RunPurpose.Payout, "p");
        scene.Gateway.Penniless.Add(scene.Gateway.Transfers[0].ExternalId);
        await scene.Refund(first, "r", new LineCredit(first.Lines[0].UsageId, Money.OfMinor(100, Currency.Usd)));
        await scene.Terms(provider, PayoutSchedule.Daily, Money.OfMinor(199, Currency.Usd));
        await Paid(scene, 3_600, (buyer, provider));
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(2));
        Assert.Single(await scene.Payouts());
        await Paid(scene, 3_600, (buyer, provider));
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(2));
        Assert.Equal(95, (await scene.Payouts()).Sum(p => p.Offset.MinorUnits));
        scene.IsSettled();
    }

    [Fact]
    public async Task Terms_are_set_for_providers_only_and_with_one_minimum_a_currency()
    {
        await using var scene = new BillingScene();
        var buyer = await scene.Register(false, true);
        var provider = await scene.Register(true, false);
        var set = scene.Market.Get<SetPayoutTerms>();
        var one = Money.OfMinor(1, Currency.Usd);
        Assert.Equal(SetPayoutTermsRefusal.ProviderUnknown, (await set.ExecuteAsync(buyer, PayoutSchedule.Daily, [one, one], IdempotencyKey.Of("1"), default)).Result.Refusal);
        Assert.Equal(SetPayoutTermsRefusal.MinimumRepeated, (await set.ExecuteAsync(provider, PayoutSchedule.Daily, [one, one], IdempotencyKey.Of("2"), default)).Result.Refusal);
        Assert.Equal(PayoutSchedule.Weekly, (await set.ReadAsync(provider, default)).Schedule);
        await set.ExecuteAsync(provider, PayoutSchedule.Monthly, [one], IdempotencyKey.Of("3"), default);
        Assert.Equal(PayoutSchedule.Monthly, (await set.ReadAsync(provider, default)).Schedule);
    }

    [Fact]
    public async Task One_buyer_is_invoiced_on_demand()
    {
        await using var scene = new BillingScene();
        var provider = await scene.Register(true, false);
        var buyers = new[] { await scene.Register(false, true), await scene.Register(false, true) };
        foreach (var buyer in buyers) await scene.Send(scene.Usage(buyer, provider, 3_600));
        await scene.Market.RunAsync();
        var runs = scene.Market.Get<StartRunHandler>();
        var attempt = await runs.StartAsync(RunPurpose.Billing, buyers[1], IdempotencyKey.Of("k"), default);
        Assert.True((await runs.StartAsync(RunPurpose.Billing, buyers[0], IdempotencyKey.Of("k"), default)).KeyReused);
        await scene.Market.RunAsync();
        Assert.Equal(buyers[1], attempt.Result.Value.Only);
        Assert.Equal(buyers[1], (await scene.Invoice()).Buyer);
        var stranger = OrganisationId.From(Ulid.Create(1, 1));
        Assert.Equal(StartRunRefusal.OrganisationUnknown, (await runs.StartAsync(RunPurpose.Billing, stranger, IdempotencyKey.Of("s"), default)).Result.Refusal);
    }

    /// <summary>A buyer used a provider's GPU and paid for it.</summary>
    private static async Task<(OrganisationId Buyer, OrganisationId Provider)> Paid(
        BillingScene scene, long gpuSeconds, (OrganisationId Buyer, OrganisationId Provider)? parties = null, Currency? currency = null)
    {
        var (buyer, provider) = parties ?? (await scene.Register(false, true), await scene.Register(true, false));
        await scene.Send(scene.Usage(buyer, provider, gpuSeconds, currency: currency));
        await scene.Market.RunAsync();
        await scene.Run(RunPurpose.Billing, $"b-{scene.Gateway.InvoiceCount}");
        await scene.DeliverWebhooks();
        return (buyer, provider);
    }
}
