using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.Disputes;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Lists;
using Marketplace.Billing.StartRun;
using Marketplace.Contracts;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Billing.Tests;

public class DisputeTests
{
    [Fact]
    public async Task A_disputed_share_is_held_and_not_paid_out_until_it_is_released()
    {
        await using var scene = await Invoiced();
        var dispute = await scene.Contest(await scene.Invoice(), key: "d");
        await scene.Market.RunAsync();
        Assert.Equal((-199, 0), (scene.Balance(AccountKind.DisputeHold), scene.Balance(AccountKind.ProviderPayable)));
        await scene.Run(RunPurpose.Payout, "p-1");
        Assert.Empty(await scene.Payouts());

        var resolved = await scene.Resolve(dispute, credits: false);
        Assert.Equal(DisputeState.Released, resolved.State);
        await scene.Run(RunPurpose.Payout, "p-2");
        Assert.Equal(199, Assert.Single(scene.Gateway.Transfers).Amount.MinorUnits);
        scene.IsSettled();
    }

    [Fact]
    public async Task A_dispute_of_an_unpaid_invoice_holds_the_share_when_it_is_paid_later()
    {
        await using var scene = await Invoiced(declined: true);
        var invoice = await scene.Invoice();
        var dispute = await scene.Contest(invoice, invoice.Lines[0].Provider);
        await scene.Market.RunAsync();
        await scene.PayNow(invoice);
        await scene.DeliverWebhooks();
        await scene.Run(RunPurpose.Payout, "p-1");
        Assert.Empty(await scene.Payouts());
        await scene.Resolve(dispute, credits: false);
        await scene.Run(RunPurpose.Payout, "p-2");
        Assert.Single(scene.Gateway.Transfers);
        scene.IsSettled();
    }

    [Fact]
    public async Task Decided_for_the_buyer_an_unpaid_line_is_credited_and_a_paid_one_refunded()
    {
        foreach (var declined in new[] { true, false })
        {
            await using var scene = await Invoiced(declined);
            var invoice = await scene.Invoice();
            var dispute = await scene.Contest(invoice);
            await scene.Market.RunAsync();
            var resolved = await scene.Resolve(dispute, credits: true, Usd(110));
            await scene.Market.RunAsync();
            Assert.StartsWith(declined ? "crn_" : "rfd_", resolved.CreditId, StringComparison.Ordinal);
            Assert.Null((await scene.Invoice()).Lines[0].Dispute);
            if (declined) await scene.PayNow(invoice);
            await scene.DeliverWebhooks();
            await scene.Run(RunPurpose.Payout, "p");
            Assert.Equal(95, Assert.Single(scene.Gateway.Transfers).Amount.MinorUnits);
            scene.IsSettled();
        }
    }

    [Fact]
    public async Task Decided_for_the_buyer_after_the_payout_the_transfer_is_taken_back()
    {
        await using var scene = await Invoiced();
        await scene.Run(RunPurpose.Payout, "p");
        var dispute = await scene.Contest(await scene.Invoice());
        await scene.Market.RunAsync();
        Assert.Equal(0, scene.Balance(AccountKind.DisputeHold));
        await scene.Resolve(dispute, credits: true);
        await scene.Market.RunAsync();
        Assert.Equal(0, Assert.Single(scene.Gateway.Transfers).Amount.MinorUnits);
        Assert.Equal(210, Assert.Single(scene.Gateway.Refunds).Amount.MinorUnits);
        scene.IsSettled();
    }

    [Fact]
    public async Task Disputes_are_refused_in_the_documented_order()
    {
        await using var scene = await Invoiced();
        var invoice = await scene.Invoice();
        var stranger = await scene.Register(true, true);
        Assert.Equal(OpenDisputeRefusal.LineUnknown, (await scene.TryContest(invoice, stranger, "1")).Refusal);
        var dispute = await scene.Contest(invoice, key: "d");
        Assert.Equal(dispute.DisputeId, (await scene.Contest(invoice, key: "d")).DisputeId);
        Assert.Equal(OpenDisputeRefusal.AlreadyDisputed, (await scene.TryContest(invoice, invoice.Buyer, "2")).Refusal);
        await scene.Market.RunAsync();
        Assert.Equal(CreditRefusal.LineDisputed, await scene.Refused(invoice, CreditForm.Refund));
        Assert.Equal(ResolveDisputeRefusal.ExceedsLine, (await scene.TryResolve(dispute, true, Usd(211), "3")).Refusal);
        await scene.Resolve(dispute, credits: true, key: "4");
        await scene.Market.RunAsync();
        Assert.Equal(ResolveDisputeRefusal.DisputeResolved, (await scene.TryResolve(dispute, false, null, "5")).Refusal);
        Assert.Equal(OpenDisputeRefusal.NothingLeft, (await scene.TryContest(invoice, invoice.Buyer, "6")).Refusal);
        scene.Market.Time.JumpTo(invoice.FinalizedAt!.Value + Duration.FromDays(14));
        Assert.Equal(OpenDisputeRefusal.WindowOver, (await scene.TryContest(invoice, invoice.Buyer, "7")).Refusal);
    }

    [Fact]
    public async Task Both_sides_and_finance_see_a_dispute_and_nobody_else()
    {
        await using var scene = await Invoiced();
        var invoice = await scene.Invoice();
        var dispute = await scene.Contest(invoice);
        var stranger = await scene.Register(true, true);
        await scene.Market.RunAsync();
        var reads = scene.Market.Get<BillingReads>();
        foreach (var party in new OrganisationId?[] { null, invoice.Buyer, invoice.Lines[0].Provider })
        {
            Assert.Equal(dispute.DisputeId, Assert.Single((await reads.ListDisputesAsync(party, 10, null, default)).Items).DisputeId);
            Assert.NotNull(await reads.FindDisputeAsync(party, dispute.DisputeId, default));
        }

        Assert.Empty((await reads.ListDisputesAsync(stranger, 10, null, default)).Items);
        Assert.Null(await reads.FindDisputeAsync(stranger, dispute.DisputeId, default));
    }

    /// <summary>A GPU-hour at 2.10, of which the provider has 1.99.</summary>
    private static async Task<BillingScene> Invoiced(bool declined = false)
    {
        var scene = new BillingScene();
        var buyer = await scene.Register(false, true);
        var provider = await scene.Register(true, false);
        if (declined) scene.Gateway.Declining.Add(buyer);
        await scene.Send(scene.Usage(buyer, provider, 3_600));
        await scene.Market.RunAsync();
        await scene.Run(RunPurpose.Billing, "b");
        await scene.DeliverWebhooks();
        return scene;
    }

    private static Money Usd(long minor) => Money.OfMinor(minor, Currency.Usd);
}
