using Marketplace.Billing.StartRun;
using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Billing.Tests;

/// <summary>A lease of three hours at 2.00 with 5 % fee and 19 % tax, whose machine failed a re-check: 40 % of the first two come back.</summary>
public sealed class ShortfallTests
{
    // 6.00 and 1.14 tax; two thirds of it times 0.4, by the largest remainder: 1.60 and 0.304.
    private const long Total = 714;
    private const long Credit = 190;
    private static readonly LeaseId Lease = LeaseId.From(Ulid.Create(7, 7));

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public async Task Shortfall_known_before_the_invoice_lowers_it_as_soon_as_it_is_final(double disorderRate)
    {
        await using var scene = await StoppedAsync(disorderRate, shortfall: true, declined: true);
        await scene.Run(RunPurpose.Billing, "b");
        var invoice = await scene.Invoice();
        Assert.Equal((Total, Credit), (invoice.Total.MinorUnits, invoice.Credited.MinorUnits));
        Assert.Equal(Total - Credit, scene.Balance(AccountKind.BuyerReceivable));
        var note = Assert.Single(await scene.Notes(invoice));
        Assert.Equal("proved less", note.Reason);
        await scene.PayNow(invoice);
        await SettleAsync(scene);

        // 5.70 less the provider's part of the credit: 190 split over share 570, fee 30 and tax 114.
        Assert.Equal(570 - 152, Assert.Single(scene.Gateway.Transfers).Amount.MinorUnits);
        scene.IsSettled();
    }

    [Fact]
    public async Task Buyer_who_pays_at_once_gets_the_same_back()
    {
        await using var scene = await StoppedAsync(0, shortfall: true);
        await scene.Run(RunPurpose.Billing, "b");
        await SettleAsync(scene);
        var invoice = await scene.Invoice();
        Assert.Equal(Credit, invoice.Credited.MinorUnits + invoice.Refunded.MinorUnits);
        Assert.Equal(570 - 152, scene.Gateway.Transfers.Sum(transfer => transfer.Amount.MinorUnits));
        scene.IsSettled();
    }

    [Fact]
    public async Task Shortfall_that_comes_after_the_provider_was_paid_is_refunded_and_clawed_back()
    {
        await using var scene = await StoppedAsync(0, shortfall: false);
        await scene.Run(RunPurpose.Billing, "b");
        await SettleAsync(scene);
        Assert.Equal(570, Assert.Single(scene.Gateway.Transfers).Amount.MinorUnits);
        var invoice = await scene.Invoice();
        for (var i = 0; i < 2; i++) await scene.Send(ShortfallOf(invoice.Buyer, invoice.CreatedAt));
        await SettleAsync(scene);
        Assert.Equal(Credit, Assert.Single(scene.Gateway.Refunds).Amount.MinorUnits);
        Assert.Equal(570 - 152, scene.Gateway.Transfers.Sum(transfer => transfer.Amount.MinorUnits));
        Assert.Contains(scene.Entries, entry => entry.Reason == EntryReason.TransferReversed);
        scene.IsSettled();
    }

    [Fact]
    public async Task Invoice_that_is_told_of_its_shortfalls_again_credits_nothing_more()
    {
        await using var scene = await StoppedAsync(0, shortfall: true, declined: true);
        await scene.Run(RunPurpose.Billing, "b");
        var invoice = await scene.Invoice();
        await scene.Send(new CreditShortfall.CreditShortfallsOfInvoice(invoice.Buyer, invoice.InvoiceId));
        await scene.Market.RunAsync();
        Assert.Equal(Credit, (await scene.Invoice()).Credited.MinorUnits);
        Assert.Single(await scene.Notes(invoice));
    }

    [Fact]
    public async Task Provider_whose_account_is_empty_owes_it_and_the_next_payout_keeps_it_back()
    {
        await using var scene = await StoppedAsync(0, shortfall: false);
        await scene.Run(RunPurpose.Billing, "b");
        await SettleAsync(scene);
        var invoice = await scene.Invoice();
        scene.Gateway.Penniless.Add(Assert.Single(scene.Gateway.Transfers).ExternalId);
        await scene.Send(ShortfallOf(invoice.Buyer, invoice.CreatedAt));
        await SettleAsync(scene);
        await scene.Send(scene.Usage(invoice.Buyer, invoice.Lines[0].Provider, 3 * 3_600, "2.00"));
        await scene.Market.RunAsync();
        await scene.Run(RunPurpose.Billing, "b-2");
        await SettleAsync(scene, "p-2");
        Assert.Equal(570 + 570 - 152, scene.Gateway.Transfers.Sum(transfer => transfer.Amount.MinorUnits));
        scene.IsSettled();
    }

    [Fact]
    public async Task All_of_all_hours_leaves_nothing_to_pay()
    {
        await using var scene = await StoppedAsync(0, shortfall: false, declined: true);
        var buyer = (await scene.Charges())[0].Buyer;
        await scene.Send(ShortfallOf(buyer, scene.Market.Time.Now) with { To = Instant.MaxValue, BasisPoints = 10_000 });
        await scene.Run(RunPurpose.Billing, "b");
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(5));
        Assert.Equal(DraftInvoice.InvoiceState.Void, (await scene.Invoice()).State);
        scene.IsSettled();
    }

    [Theory]
    [InlineData(10_000, Total, 0)]
    [InlineData(10_000, Total, 0.3)]
    [InlineData(8_000, 571, 0)]
    [InlineData(8_000, 571, 0.3)]
    public async Task More_than_is_left_to_pay_is_credited_as_far_as_that_goes_and_the_rest_is_the_buyers_credit_again(int basisPoints, long credit, double disorderRate)
    {
        const long prepaid = 300;
        await using var scene = await StoppedAsync(disorderRate, shortfall: false, declined: true, prepaid: prepaid);
        await scene.Run(RunPurpose.Billing, "b");
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromHours(1));
        var unpaid = await scene.Invoice();
        Assert.Equal((true, prepaid, Total - prepaid), (unpaid.IsUnpaid(), unpaid.Prepaid().MinorUnits, unpaid.Collectable().MinorUnits));

        for (var times = 0; times < 2; times++)
            await scene.Send(ShortfallOf(unpaid.Buyer, unpaid.CreatedAt) with { To = Instant.MaxValue, BasisPoints = basisPoints });
        await SettleAsync(scene);
        var paid = await scene.Invoice();
        Assert.Equal(DraftInvoice.InvoiceState.Paid, paid.State);
        Assert.Equal((Total - prepaid, credit - (Total - prepaid)), (paid.Credited.MinorUnits, paid.Refunded.MinorUnits));
        Assert.Equal(paid.Refunded, paid.RefundedToPrepaid);
        Assert.Single(await scene.Notes(paid));
        Assert.Empty(scene.Gateway.Refunds);
        Assert.Equal(-paid.Refunded.MinorUnits, scene.Balance(AccountKind.BuyerPrepaid));
        scene.IsSettled();
    }

    [Fact]
    public async Task Where_nothing_is_left_to_pay_all_of_it_waits_for_the_payment_to_be_known()
    {
        await using var scene = await StoppedAsync(0, shortfall: false, declined: true, prepaid: Total);
        var faults = 0;
        scene.Gateway.Fault = key =>
        {
            // All of it is paid in advance here, and the service does not know it yet: no credit note fits.
            if (!key.StartsWith("pr:", StringComparison.Ordinal) || ++faults > 3) return 0;
            var invoice = scene.Invoice().GetAwaiter().GetResult();
            Assert.True(invoice.Collectable().IsZero);
            if (faults == 1) scene.Send(ShortfallOf(invoice.Buyer, invoice.CreatedAt)).GetAwaiter().GetResult();
            else Assert.True(invoice.OwesShortfall);
            return -1;
        };
        await scene.Run(RunPurpose.Billing, "b");
        await SettleAsync(scene);
        Assert.True(faults > 3);
        var paid = await scene.Invoice();
        Assert.Equal((0, Credit, Credit), (paid.Credited.MinorUnits, paid.Refunded.MinorUnits, paid.RefundedToPrepaid.MinorUnits));
        Assert.Equal(-Credit, scene.Balance(AccountKind.BuyerPrepaid));
        Assert.False(paid.OwesShortfall);
        scene.IsSettled();
    }

    [Fact]
    public async Task Usage_that_came_late_is_credited_by_its_own_hours_and_the_first_not_again()
    {
        await using var scene = await StoppedAsync(0, shortfall: true, declined: true);
        await scene.Run(RunPurpose.Billing, "b");
        var first = await scene.Invoice();
        await scene.Send(scene.Usage(first.Buyer, first.Lines[0].Provider, 1_800, "2.00") with { LeaseId = Lease });
        await scene.Market.RunAsync();
        await scene.Run(RunPurpose.Billing, "b-2");
        var second = (await scene.Invoices()).Single(invoice => invoice.InvoiceId != first.InvoiceId);

        // Half an hour of the first hour, 1.00 and 0.19: 40 % of it.
        Assert.Equal((119, 48), (second.Total.MinorUnits, second.Credited.MinorUnits));
        Assert.Equal(Credit, (await scene.Invoices()).Single(invoice => invoice.InvoiceId == first.InvoiceId).Credited.MinorUnits);
    }

    [Theory]
    [InlineData(null, Credit, true)]
    [InlineData(null, Credit, false)]
    [InlineData(600L, Total - 600, true)]
    [InlineData(Total, 0, false)]
    public async Task Shortfall_of_a_disputed_line_waits_and_then_credits_what_is_left(long? resolved, long credit, bool paidOut)
    {
        await using var scene = await StoppedAsync(0, shortfall: false);
        await scene.Run(RunPurpose.Billing, "b");
        if (paidOut) await SettleAsync(scene);
        else await scene.DeliverWebhooks();
        var invoice = await scene.Invoice();
        var dispute = await scene.Contest(invoice);
        await scene.Send(ShortfallOf(invoice.Buyer, invoice.CreatedAt));
        await SettleAsync(scene, "p-2");
        Assert.Empty(scene.Gateway.Refunds);
        await scene.Resolve(dispute, credits: resolved is not null, resolved is { } amount ? Money.OfMinor(amount, invoice.Currency) : null);
        await SettleAsync(scene, "p-3");
        Assert.Equal((resolved ?? 0) + credit, (await scene.Invoice()).Refunded.MinorUnits);
        Assert.Equal((resolved ?? 0) + credit, scene.Gateway.Refunds.Sum(refund => refund.Amount.MinorUnits));
        scene.IsSettled();
    }

    private static async Task<BillingScene> StoppedAsync(double disorderRate, bool shortfall, bool declined = false, long prepaid = 0)
    {
        var terms = BillingTerms.Standard with { Taxes = new RatePlans([new RatePlan("vat", null, new LocalDate(2000, 1, 1), null, 1_900)]), RetryAfter = [], MinimumTopUps = [] };
        var scene = new BillingScene(disorderRate: disorderRate, with: services => services.AddSingleton(terms));
        var (buyer, provider) = (await scene.Register(false, true), await scene.Register(true, false));
        if (prepaid > 0) await scene.TopUp(buyer, prepaid);
        if (declined) scene.Gateway.Declining.Add(buyer);
        var first = HourSlot.Containing(scene.Market.Time.Now);
        var hour = GpuTime.OfGpuHours(1, 1);
        if (shortfall) await scene.Send(ShortfallOf(buyer, first.Start));
        await scene.Send(scene.Usage(buyer, provider, 3 * 3_600, "2.00") with
        {
            LeaseId = Lease,
            Hours = [new HourUsage(first, hour), new HourUsage(first + 1, hour), new HourUsage(first + 2, hour)],
        });
        await scene.Market.RunAsync();
        return scene;
    }

    private static Contracts.CreditShortfall ShortfallOf(OrganisationId buyer, Instant at)
    {
        var first = HourSlot.Containing(at);
        return new Contracts.CreditShortfall(Lease, buyer, first.Start, (first + 2).Start, 4_000, "proved less");
    }

    private static async Task SettleAsync(BillingScene scene, string key = "p")
    {
        await scene.DeliverWebhooks();
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(4));
        await scene.Run(RunPurpose.Payout, $"{key}-{scene.Market.Time.Now.ToUnixTimeTicks()}");
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(1));
    }
}
