using CsCheck;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.PayProviders;
using Marketplace.Billing.StartRun;
using Marketplace.Contracts;
using Marketplace.Runtime.Dispatch;
using Marketplace.Testing.Store;
using NodaTime;

namespace Marketplace.Billing.Tests;

public class InvoiceToPayoutTests
{
    [Fact]
    public async Task Usage_is_invoiced_paid_and_paid_out()
    {
        await using var scene = new BillingScene();
        var buyer = await scene.Register(provides: false, buys: true);
        var provider = await scene.Register(provides: true, buys: false);
        await scene.Send(scene.Usage(buyer, provider, 7_200));
        await scene.Send(scene.Usage(buyer, provider, 3_600));
        await scene.Market.RunAsync();
        Assert.Equal((630, -598, -32), (scene.Balance(AccountKind.BuyerReceivable), scene.Balance(AccountKind.ProviderPayable), scene.Balance(AccountKind.PlatformRevenue)));

        await scene.Run(RunPurpose.Billing, "b-1");
        var invoice = Assert.Single(await scene.Invoices(buyer));
        Assert.Equal((InvoiceState.Open, 630), (invoice.State, invoice.Total.MinorUnits));
        await scene.Run(RunPurpose.Payout, "p-0");
        Assert.Empty(await scene.Payouts());

        await scene.DeliverWebhooks();
        Assert.Equal(InvoiceState.Paid, Assert.Single(await scene.Invoices()).State);
        Assert.Equal((0, 630), (scene.Balance(AccountKind.BuyerReceivable), scene.Balance(AccountKind.PaymentClearing)));

        await scene.Run(RunPurpose.Payout, "p-1");
        var payout = Assert.Single(await scene.Payouts(provider));
        Assert.Equal((PayoutState.Paid, 598, invoice.InvoiceId), (payout.State, payout.Amount.MinorUnits, payout.InvoiceId));
        Assert.Equal((0, 32), (scene.Balance(AccountKind.ProviderPayable), scene.Balance(AccountKind.PaymentClearing)));
        var charges = await scene.Charges();
        Assert.Equal(2, charges.Count);
        Assert.All(charges, c => Assert.Equal((invoice.InvoiceId, payout.PayoutId), (c.InvoiceId!.Value, c.PayoutId!.Value)));
        Assert.Empty(await scene.Invoices(provider));
        Assert.Empty(await scene.Payouts(buyer));

        await scene.Run(RunPurpose.Billing, "b-2");
        await scene.Run(RunPurpose.Payout, "p-2");
        Assert.Single(await scene.Invoices());
        Assert.Single(await scene.Payouts());
    }

    [Fact]
    public async Task A_repeated_usage_record_is_charged_once()
    {
        await using var scene = new BillingScene();
        var buyer = await scene.Register(false, true);
        var provider = await scene.Register(true, false);
        var usage = scene.Usage(buyer, provider, 3_600);
        await scene.Send(usage);
        await scene.Send(usage);
        await scene.Market.RunAsync();
        await scene.Run(RunPurpose.Billing, "b");
        await scene.Send(usage);
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromMinutes(4));
        Assert.NotNull(Assert.Single(await scene.Charges()).InvoiceId);
        Assert.Single(scene.Entries);
        Assert.Empty(scene.Market.Messages.DeadLetters);
    }

    [Fact]
    public async Task A_charge_of_nothing_is_kept_and_neither_booked_nor_invoiced()
    {
        await using var scene = new BillingScene();
        var buyer = await scene.Register(false, true);
        await scene.Send(scene.Usage(buyer, await scene.Register(true, false), gpuSeconds: 1));
        await scene.Market.RunAsync();
        await scene.Run(RunPurpose.Billing, "b");
        Assert.True(Assert.Single(await scene.Charges()).Amount.IsZero);
        Assert.Empty(scene.Entries);
        Assert.Empty(await scene.Invoices());
    }

    [Fact]
    public async Task Retried_webhooks_post_once()
    {
        await using var scene = new BillingScene();
        await OneOpenInvoice(scene);
        await scene.DeliverWebhooks(copies: 3);
        await scene.DeliverWebhooks(copies: 2);
        Assert.Single(scene.Entries, e => e.Reason == EntryReason.InvoicePaid);
        await scene.Run(RunPurpose.Payout, "p");
        Assert.Single(scene.Gateway.Transfers);
    }

    [Fact]
    public async Task A_payment_whose_webhook_never_comes_is_found_by_asking()
    {
        await using var scene = new BillingScene();
        await OneOpenInvoice(scene);
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromMinutes(4));
        Assert.Equal(InvoiceState.Open, Assert.Single(await scene.Invoices()).State);
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromMinutes(2));
        Assert.Equal(InvoiceState.Paid, Assert.Single(await scene.Invoices()).State);
        await scene.DeliverWebhooks();
        Assert.Single(scene.Entries, e => e.Reason == EntryReason.InvoicePaid);
    }

    [Fact]
    public async Task A_declined_payment_leaves_the_invoice_past_due_and_nothing_is_paid_out()
    {
        await using var scene = new BillingScene();
        var buyer = await scene.Register(false, true);
        var provider = await scene.Register(true, false);
        scene.Gateway.Declining.Add(buyer);
        await scene.Send(scene.Usage(buyer, provider, 3_600));
        await scene.Market.RunAsync();
        await scene.Run(RunPurpose.Billing, "b");
        await scene.Run(RunPurpose.Payout, "p");
        Assert.Equal(InvoiceState.PastDue, Assert.Single(await scene.Invoices()).State);
        Assert.Empty(await scene.Payouts());
        Assert.Equal(210, scene.Balance(AccountKind.BuyerReceivable));
    }

    [Fact]
    public async Task Currencies_and_periods_have_invoices_of_their_own_and_a_month_is_invoiced_when_it_is_over()
    {
        await using var scene = new BillingScene();
        var buyer = await scene.Register(false, true);
        var provider = await scene.Register(true, false);
        await scene.Send(scene.Usage(buyer, provider, 3_600));
        await scene.Send(scene.Usage(buyer, provider, 3_600, "15", Currency.Cny));
        await scene.Market.RunUntilAsync(Instant.FromUtc(2026, 12, 1, 1, 0));
        await scene.Send(scene.Usage(buyer, provider, 3_600));
        Assert.Empty(await scene.Invoices());
        await scene.Market.RunUntilAsync(Instant.FromUtc(2026, 12, 1, 7, 0));
        Assert.Equal(["CNY 2026-11", "USD 2026-11"], (await scene.Invoices()).Select(i => $"{i.Currency} {i.Period}").Order());
        await scene.Market.RunUntilAsync(Instant.FromUtc(2027, 1, 2, 0, 0));
        Assert.Equal(3, (await scene.Invoices()).Count);
        Assert.Empty(scene.Market.Messages.DeadLetters);
    }

    [Fact]
    public async Task Many_charges_fill_invoices_up_to_their_limit_and_payouts_too()
    {
        await using var scene = new BillingScene();
        var buyer = await scene.Register(false, true);
        var provider = await scene.Register(true, false);
        for (var i = 0; i < InvoiceDrafting.MaxLines + 45; i++) await scene.Send(scene.Usage(buyer, provider, 3_600));
        await scene.Market.RunAsync();
        await scene.Run(RunPurpose.Billing, "b");
        Assert.Equal([45, InvoiceDrafting.MaxLines], (await scene.Invoices()).Select(i => i.Lines.Count));
        await scene.DeliverWebhooks();
        await scene.Run(RunPurpose.Payout, "p");
        Assert.Equal(InvoiceDrafting.MaxLines + 45, (await scene.Payouts()).Sum(p => p.Shares.Count));
        Assert.All(await scene.Charges(), c => Assert.NotNull(c.PayoutId));
        Assert.Equal(0, scene.Balance(AccountKind.ProviderPayable));
        Assert.Empty(scene.Market.Messages.DeadLetters);
    }

    [Fact]
    public async Task Lists_go_on_where_a_page_ended()
    {
        await using var scene = new BillingScene();
        var provider = await scene.Register(true, false);
        for (var i = 0; i < 3; i++) await scene.Send(scene.Usage(await scene.Register(false, true), provider, 3_600));
        await scene.Market.RunAsync();
        await scene.Run(RunPurpose.Billing, "b");
        var reads = scene.Market.Get<Lists.BillingReads>();
        var first = await reads.ListInvoicesAsync(null, 2, null, default);
        var second = await reads.ListInvoicesAsync(null, 2, InvoiceId.Parse(first.Next!), default);
        Assert.Null(second.Next);
        var all = first.Items.Concat(second.Items).Select(i => i.InvoiceId).ToList();
        Assert.Equal(3, all.Distinct().Count());
        Assert.Equal(all.OrderDescending(), all);
        Assert.NotNull(await reads.FindInvoiceAsync(first.Items[0].Buyer, all[0], default));
        Assert.Null(await reads.FindInvoiceAsync(first.Items[1].Buyer, all[0], default));
        Assert.NotNull(await reads.FindInvoiceAsync(null, all[0], default));
    }

    [Fact]
    public async Task A_run_is_started_once_per_key()
    {
        await using var scene = new BillingScene();
        var runs = scene.Market.Get<StartRunHandler>();
        var key = Runtime.Work.IdempotencyKey.Of("k");
        var first = await runs.StartAsync(RunPurpose.Billing, null, key, default);
        var again = await runs.StartAsync(RunPurpose.Billing, null, key, default);
        Assert.True(again.Replayed);
        Assert.Equal(first.Result.Value.RunId, again.Result.Value.RunId);
        Assert.False((await runs.StartAsync(RunPurpose.Payout, null, key, default)).Replayed);
    }

    /// <summary>Store faults, payment faults, repeated and forgotten messages, repeated webhooks: the outcome is that of a quiet day.</summary>
    [Fact]
    public Task Nothing_is_doubled_or_lost_whatever_fails() => Gen.Int[1, 1_000_000].SampleAsync(Storm, iter: 40, threads: 1);

    private static async Task Storm(int seed)
    {
        var random = new Random(seed);
        var quiet = false;
        // Fewer failures than a message has tries, so that none may become a dead letter. Lost races and empty pages are no failures.
        var failures = MessageProcessor.MaxAttempts - 1;
        bool Fails(double rate) => !quiet && failures > 0 && random.NextDouble() < rate && failures-- > 0;
        await using var scene = new BillingScene(seed, disorderRate: 0.1, faults: _ =>
            Fails(0.005) ? (StoreFault)random.Next((int)StoreFault.ThrowBefore, (int)StoreFault.Conflict)
            : !quiet && random.NextDouble() < 0.05 ? (StoreFault)random.Next((int)StoreFault.Conflict, (int)StoreFault.EmptyPage + 1)
            : StoreFault.None);
        scene.Gateway.Fault = _ => Fails(0.1) ? random.Next(2) * 2 - 1 : 0;

        quiet = true;
        var buyers = new[] { await scene.Register(false, true), await scene.Register(true, true) };
        var providers = new[] { await scene.Register(true, false), buyers[1] };
        await scene.Market.RunAsync();
        foreach (var buyer in buyers)
            for (var i = 0; i < 6; i++) await scene.Send(scene.Usage(buyer, providers[random.Next(2)], random.Next(60, 20_000)));
        foreach (var key in new[] { "1", "2" })
        {
            quiet = true;
            await scene.Market.Get<StartRunHandler>().StartAsync(RunPurpose.Billing, null, Runtime.Work.IdempotencyKey.Of(key), default);
            quiet = false;
            await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromHours(2));
            quiet = true;
            await scene.DeliverWebhooks(copies: random.Next(1, 3));
            await scene.Market.Get<StartRunHandler>().StartAsync(RunPurpose.Payout, null, Runtime.Work.IdempotencyKey.Of(key), default);
            quiet = false;
            await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromHours(2));
        }

        quiet = true;
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(1));
        Assert.Empty(scene.Market.Messages.DeadLetters);
        var charges = await scene.Charges();
        Assert.Equal(12, charges.Count);
        Assert.All(charges, c => Assert.True(c.InvoiceId is not null && c.PayoutId is not null));
        Assert.All(await scene.Invoices(), i => Assert.Equal(InvoiceState.Paid, i.State));
        Assert.Equal(scene.Gateway.InvoiceCount, (await scene.Invoices()).Count);
        Assert.Equal(charges.Sum(c => c.Amount.MinorUnits), (await scene.Invoices()).Sum(i => i.Total.MinorUnits));
        Assert.Equal(charges.Sum(c => c.Amount.MinorUnits - c.Fee.MinorUnits), scene.Gateway.Transfers.Sum(t => t.Amount.MinorUnits));
        Assert.Equal((0, 0), (scene.Balance(AccountKind.BuyerReceivable), scene.Balance(AccountKind.ProviderPayable)));
        Assert.Equal(charges.Sum(c => c.Fee.MinorUnits), scene.Balance(AccountKind.PaymentClearing));
    }

    private static async Task OneOpenInvoice(BillingScene scene)
    {
        var buyer = await scene.Register(false, true);
        var provider = await scene.Register(true, false);
        await scene.Send(scene.Usage(buyer, provider, 3_600));
        await scene.Market.RunAsync();
        await scene.Run(RunPurpose.Billing, "b");
    }
}
