using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.Credit;
using Marketplace.Billing.Prepaid;
using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Billing.Tests;

/// <summary>Payments in advance: how they end, and how what is not used goes back.</summary>
public class TopUpTests
{
    [Fact]
    public async Task A_top_up_is_charged_and_booked_once_however_often_it_is_asked_for_and_reported()
    {
        await using var scene = new BillingScene();
        var buyer = await scene.Register(provides: false, buys: true);
        var topUp = await scene.TopUp(buyer, 10_000, key: "once");
        Assert.Equal(topUp.TopUpId, (await scene.TopUp(buyer, 10_000, key: "once")).TopUpId);
        for (var copy = 0; copy < 3; copy++) Assert.True(await scene.Deliver($"{buyer} {topUp.TopUpId}"));
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(10));

        Assert.Equal((TopUpState.Paid, 10_000), (topUp.State, await scene.Unused(topUp)));
        Assert.Equal((10_000, -10_000), (scene.Balance(AccountKind.PaymentClearing), scene.Balance(AccountKind.BuyerPrepaid)));
        Assert.Equal(topUp.TopUpId, Assert.Single(scene.Gateway.Payments).TopUpId);
        var entry = Assert.Single(scene.Entries);
        Assert.Equal((EntryReason.PrepaidToppedUp, topUp.TopUpId.ToString(), topUp.EntryId), (entry.Reason, entry.Reference, entry.EntryId));
        scene.IsSettled();
    }

    [Fact]
    public async Task A_declined_top_up_says_so_and_is_paid_after_all_when_the_service_says_it_was()
    {
        await using var scene = new BillingScene();
        var buyer = await scene.Register(provides: false, buys: true);
        scene.Gateway.Declining.Add(buyer);
        var topUp = await scene.TopUp(buyer, 5_000);
        Assert.Equal((TopUpState.Declined, 0), (topUp.State, await scene.Unused(topUp)));
        Assert.Empty(scene.Entries);

        scene.Gateway.CompleteTopUp(topUp.TopUpId, succeeds: true);
        await scene.Deliver($"{buyer} {topUp.TopUpId} again 1");
        await scene.Market.RunAsync();
        Assert.Equal((TopUpState.Paid, 5_000), ((await scene.Find(topUp.TopUpId)).State, await scene.Unused(topUp)));
        scene.IsSettled();
    }

    [Fact]
    public async Task A_top_up_that_waits_for_its_buyer_is_known_by_asking_or_given_up_at_last()
    {
        await using var scene = new BillingScene();
        var buyer = await scene.Register(provides: false, buys: true);
        scene.Gateway.Authenticating.Add(buyer);
        var (completed, refused, abandoned) = (await scene.TopUp(buyer, 1_000), await scene.TopUp(buyer, 2_000), await scene.TopUp(buyer, 3_000));
        Assert.All(new[] { completed, refused, abandoned }, topUp => Assert.Equal(TopUpState.Pending, topUp.State));
        Assert.Equal($"secret_{completed.TopUpId}", await scene.Market.Get<ReadTopUpSecret>().ExecuteAsync(buyer, completed.TopUpId, default));
        Assert.Null(await scene.Market.Get<ReadTopUpSecret>().ExecuteAsync(await scene.Register(false, true), completed.TopUpId, default));

        scene.Gateway.CompleteTopUp(completed.TopUpId, succeeds: true);
        scene.Gateway.CompleteTopUp(refused.TopUpId, succeeds: false);
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromMinutes(6));
        Assert.Equal((TopUpState.Paid, TopUpState.Declined), ((await scene.Find(completed.TopUpId)).State, (await scene.Find(refused.TopUpId)).State));
        Assert.Null(await scene.Market.Get<ReadTopUpSecret>().ExecuteAsync(buyer, completed.TopUpId, default));

        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(6));
        Assert.Equal(TopUpState.Abandoned, (await scene.Find(abandoned.TopUpId)).State);
        Assert.False(scene.Gateway.CompleteTopUp(abandoned.TopUpId, succeeds: true));
        Assert.Equal(-1_000, scene.Balance(AccountKind.BuyerPrepaid));
        scene.IsSettled();
    }

    [Fact]
    public async Task A_payment_that_came_while_it_was_given_up_counts()
    {
        await using var scene = new BillingScene();
        var buyer = await scene.Register(provides: false, buys: true);
        scene.Gateway.Authenticating.Add(buyer);
        var topUp = await scene.TopUp(buyer, 1_000);
        scene.Gateway.Fault = key =>
        {
            if (key.StartsWith("pi-cancel:", StringComparison.Ordinal) && scene.Gateway.EndedTopUps.Count == 0) scene.Gateway.CompleteTopUp(topUp.TopUpId, true);
            return 0;
        };
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(6));
        Assert.Equal(TopUpState.Paid, (await scene.Find(topUp.TopUpId)).State);
        scene.IsSettled();
    }

    [Fact]
    public async Task Top_ups_are_refused_in_order()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = (await scene.Register(provides: false, buys: true), await scene.Register(provides: true, buys: false));
        Assert.Equal(StartTopUpRefusal.BuyerUnknown, (await scene.TryTopUp(provider, Usd(-1))).Refusal);
        Assert.Equal(StartTopUpRefusal.AmountTooSmall, (await scene.TryTopUp(buyer, Usd(999))).Refusal);
        Assert.Equal(StartTopUpRefusal.AmountTooSmall, (await scene.TryTopUp(buyer, Usd(-1_000))).Refusal);
        Assert.Equal(StartTopUpRefusal.AmountTooLarge, (await scene.TryTopUp(buyer, Usd(100_000_000))).Refusal);
        Assert.True((await scene.TryTopUp(buyer, Usd(1_000))).IsAccepted);
        Assert.True((await scene.TryTopUp(buyer, Usd(99_999_999))).IsAccepted);
    }

    [Fact]
    public async Task Unused_credit_goes_back_to_the_card_it_came_from_and_no_more_of_it()
    {
        await using var scene = new BillingScene();
        var buyer = await scene.Register(provides: false, buys: true);
        var (first, second) = (await scene.TopUp(buyer, 3_000), await scene.TopUp(buyer, 2_000));
        Assert.Equal(RefundTopUpRefusal.NothingToRefund, (await scene.TryRefund(first, 0)).Refusal);
        Assert.Equal(RefundTopUpRefusal.ExceedsUnused, (await scene.TryRefund(first, 3_001)).Refusal);
        Assert.Equal(RefundTopUpRefusal.TopUpUnknown, (await scene.TryRefund(first with { Buyer = await scene.Register(false, true) })).Refusal);
        Assert.Equal(RefundTopUpRefusal.CurrencyDiffers, (await scene.Market.Get<RefundTopUp>().ExecuteAsync(
            buyer, first.TopUpId, Money.OfMinor(1, Currency.Cny), IdempotencyKey.Of("cny"), default)).Result.Refusal);

        Assert.Equal(1_000, (await scene.TryRefund(first, 1_000, "once")).Value.Amount.MinorUnits);
        await scene.TryRefund(first, 1_000, "once");
        Assert.True((await scene.TryRefund(second)).IsAccepted);
        Assert.Equal(RefundTopUpRefusal.NothingToRefund, (await scene.TryRefund(second)).Refusal);
        await scene.Market.RunAsync();

        Assert.Equal([(first.TopUpId, 1_000), (second.TopUpId, 2_000)], scene.Gateway.TopUpRefunds.Select(r => (r.TopUp, r.Amount.MinorUnits)).Order());
        Assert.Equal((2_000, 0), (await scene.Unused(first), await scene.Unused(second)));
        Assert.Equal((RefundState.Made, 1_000), (Assert.Single((await scene.Find(first.TopUpId)).Refunds).State, (await scene.Find(first.TopUpId)).Refunded().MinorUnits));
        Assert.Equal((2_000, -2_000), (scene.Balance(AccountKind.PaymentClearing), scene.Balance(AccountKind.BuyerPrepaid)));
        scene.IsSettled();
    }

    [Fact]
    public async Task Credit_that_is_owed_or_held_for_trades_is_not_given_back()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = (await scene.Register(provides: false, buys: true), await scene.Register(provides: true, buys: false));
        await scene.Market.Get<SetCreditTerms>().ExecuteAsync(buyer, new CreditTerms([Usd(0)], "prepaid only"), IdempotencyKey.Of("limit"), default);
        var topUp = await scene.TopUp(buyer, 1_000);
        await scene.Send(scene.Usage(buyer, provider, 3_600));
        await scene.Market.RunAsync();
        Assert.Equal(790, (await scene.Market.Get<BuyerCredit>().ReadAsync(buyer, Currency.Usd, default)).Available()!.Value.MinorUnits);
        Assert.Equal(RefundTopUpRefusal.CreditCommitted, (await scene.TryRefund(topUp)).Refusal);
        Assert.Equal(RefundTopUpRefusal.CreditCommitted, (await scene.TryRefund(topUp, 791)).Refusal);
        Assert.True((await scene.TryRefund(topUp, 790)).IsAccepted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Lost_answers_and_repeated_messages_charge_once_and_refund_once(int seed)
    {
        var random = new Random(seed);
        var failures = MessageProcessor.MaxAttempts - 1;
        await using var scene = new BillingScene(seed, disorderRate: 0.2);
        var buyer = await scene.Register(provides: false, buys: true);
        scene.Gateway.Fault = _ => failures > 0 && random.Next(3) == 0 && failures-- > 0 ? random.Next(2) * 2 - 1 : 0;
        var topUps = new List<TopUp>();
        for (var i = 1; i <= 5; i++) topUps.Add((await scene.TryTopUp(buyer, Usd(1_000 * i))).Value);
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(1));
        foreach (var topUp in topUps) Assert.True((await scene.TryRefund(topUp, 500)).IsAccepted);
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(1));
        Assert.Equal((15_000, 2_500), (scene.Gateway.Payments.Sum(p => p.Amount.MinorUnits), scene.Gateway.TopUpRefunds.Sum(r => r.Amount.MinorUnits)));
        Assert.Equal(-12_500, scene.Balance(AccountKind.BuyerPrepaid));
        scene.IsSettled();
    }

    private static Money Usd(long minor) => Money.OfMinor(minor, Currency.Usd);
}
