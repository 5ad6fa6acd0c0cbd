using Marketplace.Billing.CollectInvoice;
using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.Disputes;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Prepaid;
using Marketplace.Billing.StartRun;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Billing.Tests;

/// <summary>Invoices that are paid from what was paid in advance, all or in part, and what is taken back of them.</summary>
public class PrepaidInvoiceTests
{
    [Fact]
    public async Task An_invoice_that_credit_covers_is_paid_without_a_charge_and_its_shares_are_paid_out_of_the_balance()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await Parties(scene);
        var topUp = await scene.TopUp(buyer, 10_000);
        var invoice = await Invoiced(scene, buyer, provider, 7_200);

        Assert.Equal((InvoiceState.Paid, 420, 0), (invoice.State, invoice.Prepaid().MinorUnits, invoice.Collectable().MinorUnits));
        Assert.Equal(9_580, await scene.Unused(topUp));
        Assert.Single(scene.Gateway.Payments);
        Assert.Equal($"{invoice.InvoiceId}:1", Assert.Single(scene.Gateway.PrepaidUses).Reference);
        await scene.Run(RunPurpose.Payout, "p");
        Assert.Null(Assert.Single(scene.Gateway.Orders).ExternalPaymentId);
        Assert.Equal(399, Assert.Single(await scene.Payouts()).Amount.MinorUnits);
        Assert.DoesNotContain(scene.Entries, e => e.Reason == EntryReason.InvoicePaid);
        Assert.Equal(-9_580, scene.Balance(AccountKind.BuyerPrepaid));
        scene.IsSettled();
    }

    [Fact]
    public async Task What_credit_does_not_cover_is_charged_and_the_oldest_top_up_is_used_first()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await Parties(scene);
        var (first, second) = (await scene.TopUp(buyer, 1_000), await scene.TopUp(buyer, 1_500));
        var small = await Invoiced(scene, buyer, provider, 3_600);
        Assert.Equal([new TopUpPart(first.TopUpId, Usd(210))], small.PrepaidUses![0].From);
        var large = await Invoiced(scene, buyer, provider, 51_429);
        await scene.DeliverWebhooks();
        large = (await scene.Invoices()).Single(i => i.InvoiceId == large.InvoiceId);

        Assert.Equal((InvoiceState.Paid, 3_000, 2_290), (large.State, large.Total.MinorUnits, large.Prepaid().MinorUnits));
        Assert.Equal([new TopUpPart(first.TopUpId, Usd(790)), new TopUpPart(second.TopUpId, Usd(1_500))], large.PrepaidUses![0].From);
        Assert.Equal(710, scene.Gateway.Payments.Single(p => p.InvoiceId == large.InvoiceId).Amount.MinorUnits);
        Assert.Equal(0, scene.Balance(AccountKind.BuyerPrepaid));
        await scene.Run(RunPurpose.Payout, "p");
        scene.IsSettled();
    }

    [Fact]
    public async Task A_transfer_that_the_balance_does_not_cover_yet_is_tried_again_until_it_does()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await Parties(scene);
        await scene.TopUp(buyer, 10_000);
        await Invoiced(scene, buyer, provider, 3_600);
        scene.Gateway.UnavailableTransfers = 3;
        await scene.Run(RunPurpose.Payout, "p");
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromHours(35));
        Assert.Empty(scene.Gateway.Transfers);
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromHours(2));
        Assert.Single(scene.Gateway.Transfers);
        Assert.Equal(4, Assert.Single(scene.Gateway.Orders).Attempt);
        scene.IsSettled();
    }

    [Fact]
    public async Task A_declined_rest_is_paid_from_a_later_top_up_at_once()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await Parties(scene);
        await scene.TopUp(buyer, 1_000);
        scene.Gateway.Declining.Add(buyer);
        var invoice = await Invoiced(scene, buyer, provider, 36_000);
        Assert.Equal((InvoiceState.PastDue, 1_000, 1_100), (invoice.State, invoice.Prepaid().MinorUnits, invoice.Collectable().MinorUnits));

        // The next attempt by itself is a day off.
        scene.Gateway.Declining.Clear();
        await scene.TopUp(buyer, 2_000);
        invoice = await scene.Invoice();
        Assert.Equal((InvoiceState.Paid, 2), (invoice.State, invoice.PrepaidUses!.Count));
        Assert.DoesNotContain(scene.Gateway.Payments, p => p.InvoiceId is not null);
        Assert.Equal(-900, scene.Balance(AccountKind.BuyerPrepaid));
        await scene.Run(RunPurpose.Payout, "p");
        scene.IsSettled();
    }

    [Theory]
    [InlineData(5_000, 4_200, 0)]
    [InlineData(3_000, 3_000, 1_200)]
    public async Task A_top_up_collects_invoices_that_are_past_their_last_attempt(long topUp, long prepaid, long charged)
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await Parties(scene);
        scene.Gateway.Declining.Add(buyer);
        await Invoiced(scene, buyer, provider, 36_000);
        await Invoiced(scene, buyer, provider, 36_000);
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(40));
        Assert.All(await scene.Invoices(), i => Assert.Equal((InvoiceState.PastDue, null), (i.State, i.NextAttemptAt)));

        scene.Gateway.Declining.Clear();
        await scene.TopUp(buyer, topUp);
        await scene.DeliverWebhooks();
        var invoices = await scene.Invoices();
        Assert.All(invoices, i => Assert.Equal(InvoiceState.Paid, i.State));
        Assert.Equal((prepaid, charged), (invoices.Sum(i => i.Prepaid().MinorUnits), scene.Gateway.Payments.Where(p => p.InvoiceId is not null).Sum(p => p.Amount.MinorUnits)));
        await scene.Run(RunPurpose.Payout, "p");
        scene.IsSettled();
    }

    [Fact]
    public async Task A_top_up_in_another_currency_collects_nothing()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await Parties(scene);
        scene.Gateway.Declining.Add(buyer);
        await Invoiced(scene, buyer, provider, 36_000);
        scene.Gateway.Declining.Clear();
        Assert.True((await scene.TryTopUp(buyer, Money.OfMinor(90_000, Currency.Cny))).IsAccepted);
        await scene.Market.RunAsync();
        var invoice = await scene.Invoice();
        Assert.Equal((InvoiceState.PastDue, 1), (invoice.State, invoice.Declined!.Count));
    }

    [Fact]
    public async Task Credit_goes_back_to_the_top_ups_first_and_then_to_the_card()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await Parties(scene);
        var (first, second) = (await scene.TopUp(buyer, 1_000), await scene.TopUp(buyer, 1_000));
        var invoice = await Invoiced(scene, buyer, provider, 51_429);
        await scene.DeliverWebhooks();
        await scene.Run(RunPurpose.Payout, "p");

        var usage = invoice.Lines[0].UsageId;
        var small = await scene.Refund(invoice, "r-1", new LineCredit(usage, Usd(700)));
        await scene.Market.RunAsync();
        Assert.Equal((700, 0), (small.ToPrepaid().MinorUnits, small.ToPayment().MinorUnits));
        Assert.Equal((0, 700), (await scene.Unused(first), await scene.Unused(second)));
        Assert.Empty(scene.Gateway.Refunds);

        var all = await scene.Refund(invoice, "r-2");
        await scene.Market.RunAsync();
        Assert.Equal((1_300, 1_000), (all.ToPrepaid().MinorUnits, all.ToPayment().MinorUnits));
        Assert.Equal((1_000, 1_000), (await scene.Unused(first), await scene.Unused(second)));
        Assert.Equal(1_000, Assert.Single(scene.Gateway.Refunds).Amount.MinorUnits);
        Assert.Equal((-2_000, 2_000), (scene.Balance(AccountKind.BuyerPrepaid), scene.Balance(AccountKind.PaymentClearing)));
        Assert.True((await scene.TryRefund(second)).IsAccepted);
        await scene.Market.RunAsync();
        scene.IsSettled();
    }

    [Fact]
    public async Task A_credit_note_takes_only_what_is_left_to_pay_and_then_the_invoice_is_paid()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await Parties(scene);
        await scene.TopUp(buyer, 1_000);
        scene.Gateway.Declining.Add(buyer);
        await scene.Send(scene.Usage(buyer, provider, 18_000));
        var invoice = await Invoiced(scene, buyer, provider, 18_000);
        Assert.Equal(CreditRefusal.ExceedsUnpaid, await scene.Refused(invoice, CreditForm.CreditNote, [.. invoice.Lines.Select(l => new LineCredit(l.UsageId, null))]));
        Assert.Equal(WriteOffRefusal.PartlyPaid, (await scene.WriteOff(invoice)).Refusal);

        var note = await scene.Credit(invoice, "n");
        await scene.Market.RunAsync();
        Assert.Equal([550, 550], note.Lines.Select(l => l.Parts.Total().MinorUnits));
        invoice = await scene.Invoice();
        Assert.Equal((InvoiceState.Paid, 1_000), (invoice.State, invoice.Due().MinorUnits));
        await scene.Run(RunPurpose.Payout, "p");
        Assert.Equal(950, (await scene.Payouts()).Sum(p => p.Amount.MinorUnits));
        scene.IsSettled();
    }

    [Fact]
    public async Task A_dispute_is_not_decided_for_more_than_is_left_to_pay()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await Parties(scene);
        await scene.TopUp(buyer, 1_000);
        scene.Gateway.Declining.Add(buyer);
        var invoice = await Invoiced(scene, buyer, provider, 36_000);
        var dispute = await scene.Contest(invoice);
        await scene.Market.RunAsync();
        Assert.Equal(ResolveDisputeRefusal.ExceedsUnpaid, (await scene.TryResolve(dispute, true, null, "all")).Refusal);
        await scene.Resolve(dispute, true, Usd(1_100));
        await scene.Market.RunAsync();
        Assert.Equal(InvoiceState.Paid, (await scene.Invoice()).State);
        await scene.Run(RunPurpose.Payout, "p");
        scene.IsSettled();
    }

    /// <summary>The buyer pays the whole on the service's own page after its credit was used here and before the service was told.</summary>
    [Fact]
    public async Task Credit_for_an_invoice_that_was_paid_in_full_before_is_the_buyers_again()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await Parties(scene);
        var topUp = await scene.TopUp(buyer, 10_000);
        var paysItself = true;
        scene.Gateway.Fault = key =>
        {
            if (!key.StartsWith("pr:", StringComparison.Ordinal) || !paysItself) return 0;
            paysItself = false;
            var invoice = scene.Invoice().GetAwaiter().GetResult();
            scene.PayNow(invoice).GetAwaiter().GetResult();
            scene.Deliver($"{buyer} {invoice.InvoiceId}").GetAwaiter().GetResult();
            return 0;
        };
        var paid = await Invoiced(scene, buyer, provider, 3_600);
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromHours(1));
        paid = await scene.Invoice();
        Assert.Equal((InvoiceState.Paid, 0, 210), (paid.State, paid.Prepaid().MinorUnits, paid.Collectable().MinorUnits));
        Assert.Equal(10_000, await scene.Unused(topUp));
        Assert.Contains(scene.Entries, e => e is { Reason: EntryReason.Reversal, Reverses: not null });
        await scene.Run(RunPurpose.Payout, "p");
        Assert.Equal($"ch_{paid.InvoiceId}", Assert.Single(scene.Gateway.Orders).ExternalPaymentId);
        scene.IsSettled();
    }

    [Fact]
    public async Task Two_invoices_and_a_refund_at_once_use_credit_once()
    {
        await using var scene = new BillingScene();
        var (buyer, provider) = await Parties(scene);
        var topUp = await scene.TopUp(buyer, 1_000);
        for (var i = 0; i < InvoiceDrafting.MaxLines + 1; i++) await scene.Send(scene.Usage(buyer, provider, 360));
        await scene.Market.RunAsync();
        await scene.Market.Get<StartRunHandler>().StartAsync(RunPurpose.Billing, null, Runtime.Work.IdempotencyKey.Of("b"), default);
        var refund = await scene.TryRefund(topUp, 600);
        await scene.Market.RunAsync();
        await scene.DeliverWebhooks();
        Assert.True(refund.IsAccepted);
        Assert.Equal(400, (await scene.Invoices()).Sum(i => i.Prepaid().MinorUnits));
        Assert.Equal((0, 0), (await scene.Unused(topUp), scene.Balance(AccountKind.BuyerPrepaid)));
        await scene.Run(RunPurpose.Payout, "p");
        scene.IsSettled();
    }

    private static Money Usd(long minor) => Money.OfMinor(minor, Currency.Usd);

    private static async Task<(OrganisationId Buyer, OrganisationId Provider)> Parties(BillingScene scene) =>
        (await scene.Register(provides: false, buys: true), await scene.Register(provides: true, buys: false));

    /// <summary>The newest invoice, after what follows from it.</summary>
    private static async Task<Invoice> Invoiced(BillingScene scene, OrganisationId buyer, OrganisationId provider, long gpuSeconds)
    {
        await scene.Send(scene.Usage(buyer, provider, gpuSeconds));
        await scene.Market.RunAsync();
        await scene.Run(RunPurpose.Billing, $"b-{scene.NextId()}");
        return (await scene.Invoices())[0];
    }
}
