using CsCheck;
using Marketplace.Billing.Payments;
using Marketplace.Billing.StartRun;
using Marketplace.Contracts;
using Marketplace.Runtime.Store;
using NodaTime;

namespace Marketplace.Billing.Tests;

public class WebhookOrderTests
{
    /// <summary>Three buyers pay, one is declined and pays late, one never pays. Whatever order reports come in, the books end alike.</summary>
    [Fact]
    public async Task In_whatever_order_and_however_often_webhooks_come_the_end_is_the_same()
    {
        var quiet = await End(seed: 1, random: null);
        await Gen.Int[1, 1_000_000].SampleAsync(async seed => Assert.Equal(quiet, await End(1, new Random(seed))), iter: 40, threads: 1);
    }

    [Fact]
    public async Task Unknown_types_are_kept_and_answered_and_forgeries_leave_nothing()
    {
        await using var scene = new BillingScene();
        var buyer = await scene.Register(false, true);
        await scene.Send(scene.Usage(buyer, await scene.Register(true, false), 3_600));
        await scene.Market.RunAsync();
        await scene.Run(RunPurpose.Billing, "b");
        var invoice = await scene.Invoice();
        var entries = scene.Entries.Count;
        Assert.True(await scene.Deliver($"{buyer} {invoice.InvoiceId} Other 1"));
        Assert.True(await scene.Deliver($"{buyer} {invoice.InvoiceId} Other 1"));
        Assert.False(await scene.Deliver($"{buyer} {invoice.InvoiceId}", "forged"));
        Assert.False(await scene.Deliver($"{buyer} {invoice.InvoiceId}", null));
        Assert.False(await scene.Deliver("nonsense"));
        await scene.Market.RunAsync();
        var kept = await scene.Market.Store.ReadRangeAsync(new PartitionId("billing", "webhooks"), RowRange.StartingWith("event!"), default).ToListAsync();
        Assert.EndsWith("_Other_1", Assert.Single(kept).RowKey, StringComparison.Ordinal);
        Assert.Equal(entries, scene.Entries.Count);
        Assert.Equal(invoice, await scene.Invoice() with { Lines = invoice.Lines, Declined = invoice.Declined });
    }

    private static async Task<string> End(int seed, Random? random)
    {
        await using var scene = new BillingScene(seed, disorderRate: random is null ? 0 : 0.1);
        var provider = await scene.Register(true, false);
        var buyers = new List<OrganisationId>();
        for (var i = 0; i < 5; i++) buyers.Add(await scene.Register(false, true));
        scene.Gateway.Declining.UnionWith(buyers.Skip(3));
        foreach (var (buyer, i) in buyers.Select((buyer, i) => (buyer, i))) await scene.Send(scene.Usage(buyer, provider, 1_000 * (i + 1)));
        await scene.Market.RunAsync();
        await scene.Run(RunPurpose.Billing, "b");
        var invoices = await scene.Invoices();
        await scene.PayNow(invoices.Single(i => i.Buyer == buyers[3]));
        var bodies = invoices.SelectMany(i => Bodies(scene, i.Buyer, i.InvoiceId)).ToList();
        if (random is not null) bodies = [.. bodies.SelectMany(body => Enumerable.Repeat(body, random.Next(4))).OrderBy(_ => random.Next())];
        foreach (var body in bodies)
        {
            await scene.Deliver(body, random?.Next(10) == 0 ? "forged" : "signed");
            if (random?.Next(2) == 0) await scene.Market.RunAsync();
        }

        // What webhooks did not say, because they were lost or forged, is found by asking.
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(40));
        await scene.Run(RunPurpose.Payout, "p");
        Assert.Empty(scene.Market.Messages.DeadLetters);
        var ended = (await scene.Invoices()).OrderBy(i => i.Total.MinorUnits).Select(i => $"{i.Total} {i.State} {i.Declined?.Count}");
        return string.Join("; ", [.. ended, .. Enum.GetValues<AccountKind>().Select(k => $"{k} {scene.Balance(k)}"), $"{scene.Gateway.Transfers.Sum(t => t.Amount.MinorUnits)}"]);
    }

    /// <summary>A payment's report, an older one that it failed, and one that means nothing to us.</summary>
    private static IEnumerable<string> Bodies(BillingScene scene, OrganisationId buyer, InvoiceId invoice)
    {
        if (scene.Gateway.Paid.Contains((buyer, invoice))) yield return $"{buyer} {invoice}";
        yield return $"{buyer} {invoice} {PaymentEventKind.InvoicePaymentFailed} 1";
        yield return $"{buyer} {invoice} {PaymentEventKind.Other} 1";
    }
}
