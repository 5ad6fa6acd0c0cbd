using Marketplace.Billing.CollectInvoice;
using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.StartRun;
using Marketplace.Contracts;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Billing.Tests;

public class DunningTests
{
    [Fact]
    public async Task Payment_is_tried_again_on_schedule_and_the_buyer_sees_when()
    {
        await using var scene = await Declined();
        var start = scene.Market.Time.Now;
        var invoice = await scene.Invoice();
        Assert.Equal((InvoiceState.PastDue, start + Duration.FromDays(1)), (invoice.State, invoice.NextAttemptAt));
        await scene.Market.RunUntilAsync(start + Duration.FromDays(30));
        invoice = await scene.Invoice();
        Assert.Equal([0, 1, 4, 9, 16], invoice.Declined!.Select(d => (int)(d.At - start).TotalDays));
        Assert.Equal([1, 2, 3, 4, 5], invoice.Declined!.Select(d => d.Attempt));
        Assert.Equal((InvoiceState.PastDue, null), (invoice.State, invoice.NextAttemptAt));
        Assert.Empty(scene.Market.Messages.DeadLetters);
    }

    [Fact]
    public async Task A_later_attempt_that_succeeds_settles_the_invoice()
    {
        await using var scene = await Declined();
        scene.Gateway.Declining.Clear();
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(2));
        var invoice = await scene.Invoice();
        Assert.Equal((InvoiceState.Paid, null), (invoice.State, invoice.NextAttemptAt));
        Assert.Equal(0, scene.Balance(AccountKind.BuyerReceivable));
    }

    [Fact]
    public async Task A_write_off_takes_each_partys_part_and_ends_the_attempts()
    {
        await using var scene = await Declined();
        var invoice = await scene.WriteOff(await scene.Invoice());
        Assert.Equal(InvoiceState.Uncollectible, invoice.Value.State);
        var asked = new List<string>();
        scene.Gateway.Fault = key =>
        {
            asked.Add(key);
            return 0;
        };
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(30));
        Assert.DoesNotContain(asked, key => key.StartsWith("pay:", StringComparison.Ordinal));
        Assert.All(Enum.GetValues<AccountKind>(), kind => Assert.Equal(0, scene.Balance(kind)));
        Assert.Equal(WriteOffRefusal.InvoiceClosed, (await scene.WriteOff(await scene.Invoice(), "again")).Refusal);
        Assert.Equal(CreditRefusal.InvoiceClosed, await scene.Refused(invoice.Value, CreditForm.CreditNote));
    }

    [Fact]
    public async Task What_was_written_off_and_is_paid_all_the_same_is_paid_out()
    {
        await using var scene = await Declined();
        var invoice = await scene.Invoice();
        await scene.WriteOff(invoice);
        await scene.PayNow(invoice);
        await scene.DeliverWebhooks();
        await scene.Run(RunPurpose.Payout, "p");
        Assert.Equal(InvoiceState.Paid, (await scene.Invoice()).State);
        Assert.Equal(199, Assert.Single(scene.Gateway.Transfers).Amount.MinorUnits);
        var writeOff = Assert.Single(scene.Entries, e => e.Reason == EntryReason.InvoiceWrittenOff);
        Assert.Equal(writeOff.EntryId, Assert.Single(scene.Entries, e => e.Reason == EntryReason.Reversal).Reverses);
        scene.IsSettled();
    }

    [Fact]
    public async Task Write_offs_are_refused_in_the_documented_order()
    {
        await using var scene = await Declined();
        var invoice = await scene.Invoice();
        Assert.Equal(WriteOffRefusal.InvoiceUnknown, (await scene.WriteOff(invoice with { InvoiceId = InvoiceId.From(Ulid.Create(1, 1)) }, "1")).Refusal);
        await scene.Credit(invoice, "n", new LineCredit(invoice.Lines[0].UsageId, Money.OfMinor(1, Currency.Usd)));
        Assert.Equal(WriteOffRefusal.CreditNotePending, (await scene.WriteOff(invoice, "2")).Refusal);
        await scene.Market.RunAsync();
        await scene.Contest(invoice);
        Assert.Equal(WriteOffRefusal.LineDisputed, (await scene.WriteOff(invoice, "3")).Refusal);
        await scene.PayNow(invoice);
        await scene.DeliverWebhooks();
        Assert.Equal(WriteOffRefusal.InvoicePaid, (await scene.WriteOff(invoice, "4")).Refusal);
    }

    private static async Task<BillingScene> Declined()
    {
        var scene = new BillingScene();
        var buyer = await scene.Register(false, true);
        var provider = await scene.Register(true, false);
        scene.Gateway.Declining.Add(buyer);
        await scene.Send(scene.Usage(buyer, provider, 3_600));
        await scene.Market.RunAsync();
        await scene.Run(RunPurpose.Billing, "b");
        return scene;
    }
}
