using CsCheck;
using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.PayProviders;
using Marketplace.Billing.RateUsage;
using Marketplace.Billing.StartRun;
using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using Marketplace.Runtime.Work;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Billing.Tests;

public class CreditTests
{
    [Fact]
    public void Parts_taken_until_nothing_is_left_are_the_parts_there_were() =>
        Gen.Select(Gen.Long[0, 5_000], Gen.Long[0, 5_000], Gen.Long[0, 5_000], Gen.Int[0, 100].Array[1, 10]).Sample((share, fee, tax, cuts) =>
        {
            var left = new ChargeParts(Usd(share), Usd(fee), Usd(tax));
            var taken = ChargeParts.None(Currency.Usd);
            foreach (var amount in cuts.Select(cut => Usd(left.Total().MinorUnits * cut / 100)).Append(left.Total()))
            {
                var part = left.Take(amount > left.Total() ? left.Total() : amount);
                Assert.False(part.Share.IsNegative || part.Fee.IsNegative || part.Tax.IsNegative);
                left -= part;
                taken += part;
                Assert.False(left.Share.IsNegative || left.Fee.IsNegative || left.Tax.IsNegative);
            }

            taken += left.Take(left.Total());
            Assert.Equal(new ChargeParts(Usd(share), Usd(fee), Usd(tax)), taken);
        });

    [Fact]
    public async Task A_credit_note_lowers_what_is_owed_and_what_the_provider_gets()
    {
        await using var scene = await Invoiced(declined: true);
        var invoice = await scene.Invoice();
        var note = await scene.Credit(invoice, "n-1", new LineCredit(invoice.Lines[0].UsageId, Usd(50)));
        await scene.Market.RunAsync();
        Assert.Equal((50, 40, 2, 8), (note.Amount.MinorUnits, note.Lines[0].Parts.Share.MinorUnits, note.Lines[0].Parts.Fee.MinorUnits, note.Lines[0].Parts.Tax.MinorUnits));
        Assert.Equal(200, scene.Balance(AccountKind.BuyerReceivable));
        Assert.Equal((50, 200), ((await scene.Invoice()).Credited.MinorUnits, (await scene.Invoice()).Due().MinorUnits));
        Assert.Equal(CreditNoteState.Issued, (await scene.Notes(invoice)).Single().State);
        Assert.Equal(50, Assert.Single(scene.Gateway.CreditNoteLines).Line.Amount.MinorUnits);

        await scene.PayNow(invoice);
        await scene.DeliverWebhooks();
        await scene.Run(RunPurpose.Payout, "p");
        Assert.Equal(InvoiceState.Paid, (await scene.Invoice()).State);
        Assert.Equal(159, Assert.Single(scene.Gateway.Transfers).Amount.MinorUnits);
        Assert.Equal((0, 0), (scene.Balance(AccountKind.BuyerReceivable), scene.Balance(AccountKind.ProviderPayable)));
    }

    [Fact]
    public async Task A_credit_note_over_all_that_is_left_makes_the_invoice_void()
    {
        await using var scene = await Invoiced(declined: true);
        var invoice = await scene.Invoice();
        await scene.Credit(invoice, "n-1", new LineCredit(invoice.Lines[0].UsageId, Usd(33)));
        await scene.Credit(invoice, "n-2");
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(40));
        Assert.Equal(InvoiceState.Void, (await scene.Invoice()).State);
        Assert.All(Enum.GetValues<AccountKind>(), kind => Assert.Equal(0, scene.Balance(kind)));
        Assert.Empty(scene.Market.Messages.DeadLetters);
        Assert.Equal(CreditRefusal.InvoiceClosed, await scene.Refused(invoice, CreditForm.CreditNote));
    }

    [Fact]
    public async Task A_credit_note_that_comes_after_the_payment_becomes_a_refund()
    {
        await using var scene = await Invoiced(declined: true);
        var invoice = await scene.Invoice();
        await scene.PayNow(invoice);
        await scene.Credit(invoice, "n", new LineCredit(invoice.Lines[0].UsageId, Usd(50)));
        await scene.DeliverWebhooks();
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromMinutes(10));
        await scene.Run(RunPurpose.Payout, "p");
        Assert.Equal(CreditNoteState.Refunded, (await scene.Notes(invoice)).Single().State);
        var now = await scene.Invoice();
        Assert.Equal((InvoiceState.Paid, 0, 50, 0), (now.State, now.Credited.MinorUnits, now.Refunded.MinorUnits, now.PendingNotes));
        Assert.Equal(50, Assert.Single(scene.Gateway.Refunds).Amount.MinorUnits);
        Assert.Equal(159, Assert.Single(scene.Gateway.Transfers).Amount.MinorUnits);
        scene.IsSettled();
    }

    [Fact]
    public async Task A_refund_before_the_payout_lowers_it_and_one_after_reverses_the_transfer()
    {
        await using var scene = await Invoiced();
        var invoice = await scene.Invoice();
        await scene.Refund(invoice, "r-1", new LineCredit(invoice.Lines[0].UsageId, Usd(50)));
        await scene.Run(RunPurpose.Payout, "p");
        Assert.Equal(159, Assert.Single(scene.Gateway.Transfers).Amount.MinorUnits);
        await scene.Refund(invoice, "r-2", new LineCredit(invoice.Lines[0].UsageId, Usd(100)));
        await scene.Market.RunAsync();
        Assert.Equal(79, Assert.Single(scene.Gateway.Transfers).Amount.MinorUnits);
        var payout = Assert.Single(await scene.Payouts());
        Assert.Equal((ReversalState.Made, 80), (Assert.Single(payout.Reversals).State, payout.Reversals[0].Amount.MinorUnits));
        Assert.Equal(150, scene.Gateway.Refunds.Sum(r => r.Amount.MinorUnits));
        scene.IsSettled();
    }

    [Fact]
    public async Task A_retried_refund_is_made_once_and_one_key_is_one_refund()
    {
        await using var scene = await Invoiced();
        var invoice = await scene.Invoice();
        await scene.Run(RunPurpose.Payout, "p");
        var failures = 3;
        scene.Gateway.Fault = key => key.StartsWith("re:", StringComparison.Ordinal) || key.StartsWith("trr:", StringComparison.Ordinal) ? failures-- > 0 ? 1 : 0 : 0;
        var first = await scene.Refund(invoice, "r");
        Assert.Equal(first.RefundId, (await scene.Refund(invoice, "r")).RefundId);
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromHours(1));
        Assert.Equal(250, Assert.Single(scene.Gateway.Refunds).Amount.MinorUnits);
        Assert.Equal(0, Assert.Single(scene.Gateway.Transfers).Amount.MinorUnits);
        Assert.Equal(CreditRefusal.NothingToCredit, await scene.Refused(invoice, CreditForm.Refund));
        Assert.All(Enum.GetValues<AccountKind>(), kind => Assert.Equal(0, scene.Balance(kind)));
    }

    [Fact]
    public async Task What_cannot_be_reversed_is_kept_from_the_next_payouts()
    {
        await using var scene = await Invoiced();
        var invoice = await scene.Invoice();
        await scene.Run(RunPurpose.Payout, "p-1");
        scene.Gateway.Penniless.Add(Assert.Single(scene.Gateway.Transfers).ExternalId);
        await scene.Refund(invoice, "r");
        await scene.Market.RunAsync();
        Assert.Equal(ReversalState.Owed, Assert.Single(Assert.Single(await scene.Payouts()).Reversals).State);
        Assert.Equal(199, scene.Balance(AccountKind.ProviderPayable));

        // 199 is owed: the next payout of 100 is kept whole, of the one after it 99.
        foreach (var (seconds, key) in new[] { (1_805, "2"), (3_600, "3") })
        {
            await scene.Send(scene.Usage(invoice.Buyer, invoice.Lines[0].Provider, seconds));
            await scene.Market.RunAsync();
            await scene.Run(RunPurpose.Billing, "b-" + key);
            await scene.DeliverWebhooks();
            await scene.Run(RunPurpose.Payout, "p-" + key);
        }

        Assert.Equal([0, 100, 99], (await scene.Payouts()).OrderBy(p => p.PayoutId).Select(p => p.Offset.MinorUnits));
        Assert.Equal([199, 100], scene.Gateway.Transfers.Select(t => t.Amount.MinorUnits));
        Assert.Empty(scene.Market.Messages.DeadLetters);
        Assert.All(await scene.Payouts(), p => Assert.Equal(PayoutState.Paid, p.State));
        Assert.Equal(0, scene.Balance(AccountKind.ProviderPayable));
    }

    [Fact]
    public async Task Credits_are_refused_in_the_documented_order()
    {
        await using var scene = await Invoiced(declined: true);
        var invoice = await scene.Invoice();
        var line = invoice.Lines[0].UsageId;
        var strange = UsageId.From(Ulid.Create(1, 9));
        Assert.Equal(CreditRefusal.InvoiceUnknown, await scene.Refused(invoice with { InvoiceId = InvoiceId.From(Ulid.Create(1, 1)) }, CreditForm.CreditNote));
        Assert.Equal(CreditRefusal.InvoiceNotPaid, await scene.Refused(invoice, CreditForm.Refund));
        Assert.Equal(CreditRefusal.LineUnknown, await scene.Refused(invoice, CreditForm.CreditNote, new LineCredit(strange, Usd(1))));
        Assert.Equal(CreditRefusal.LineRepeated, await scene.Refused(invoice, CreditForm.CreditNote, new LineCredit(line, Usd(1)), new LineCredit(line, Usd(1))));
        Assert.Equal(CreditRefusal.CurrencyDiffers, await scene.Refused(invoice, CreditForm.CreditNote, new LineCredit(line, Money.OfMinor(1, Currency.Cny))));
        Assert.Equal(CreditRefusal.NothingToCredit, await scene.Refused(invoice, CreditForm.CreditNote, new LineCredit(line, Usd(0))));
        Assert.Equal(CreditRefusal.ExceedsLine, await scene.Refused(invoice, CreditForm.CreditNote, new LineCredit(line, Usd(251))));
        await scene.PayNow(invoice);
        await scene.DeliverWebhooks();
        Assert.Equal(CreditRefusal.InvoicePaid, await scene.Refused(invoice, CreditForm.CreditNote));
    }

    [Fact]
    public async Task Booked_credits_are_listed_by_month()
    {
        await using var scene = await Invoiced();
        var invoice = await scene.Invoice();
        var refund = await scene.Refund(invoice, "r", new LineCredit(invoice.Lines[0].UsageId, Usd(50)));
        await scene.Market.RunAsync();
        var records = scene.Market.Services.GetRequiredService<ICreditRecords>();
        var booked = Assert.Single(await records.ListAsync(BillingPeriod.Containing(scene.Market.Time.Now), default).ToListAsync());
        Assert.Equal((refund.RefundId.ToString(), true, refund.EntryId), (booked.Id, booked.IsRefund, booked.EntryId));
        Assert.Equal((40, 2, 8), (booked.Lines[0].Share.MinorUnits, booked.Lines[0].Fee.MinorUnits, booked.Lines[0].Tax.MinorUnits));
    }

    /// <summary>A GPU-hour at 2.10 with 5 % fee and 19 % tax: 2.50, of which the provider has 1.99, the platform 0.11, the state 0.40.</summary>
    private static async Task<BillingScene> Invoiced(bool declined = false)
    {
        var terms = BillingTerms.Standard with { Taxes = new RatePlans([new RatePlan("vat", null, new LocalDate(2000, 1, 1), null, 1_900)]), RetryAfter = [] };
        var scene = new BillingScene(with: services => services.AddSingleton(terms));
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
