using Marketplace.Billing.StartRun;
using Marketplace.Contracts;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Billing.Tests;

public class PeriodCloseTests
{
    private static readonly BillingPeriod November = BillingPeriod.Containing(Instant.FromUtc(2026, 11, 1, 0, 0));

    [Fact]
    public async Task A_charge_of_a_closed_month_is_a_correction_in_the_open_month_that_keeps_its_charge_period()
    {
        await using var scene = new BillingScene();
        var buyer = await scene.Register(false, true);
        var provider = await scene.Register(true, false);
        var late = scene.Usage(buyer, provider, 3_600);
        await scene.Market.RunUntilAsync(Instant.FromUtc(2026, 12, 3, 0, 0));
        scene.Closed.Add(November);
        var now = scene.Market.Time.Now;
        await scene.Send(late);
        await scene.Send(late with { UsageId = UsageId.From(Ulid.Create(9, 9)), MeteredAt = now });
        await scene.Send(scene.Usage(buyer, provider, 3_600));
        await scene.Market.RunAsync();
        Assert.All(scene.Entries, entry => Assert.Equal(November.Next, BillingPeriod.Containing(entry.BookedAt)));

        await scene.Run(RunPurpose.Billing, "b");
        var invoice = await scene.Invoice();
        Assert.Equal(November.Next, invoice.Period);
        Assert.Equal(
            [(November, true), (November, true), (November.Next, false)],
            invoice.Lines.Select(l => (l.ChargePeriod, l.IsCorrection)).OrderByDescending(l => l.IsCorrection));
        var records = scene.Market.Services.GetRequiredService<IPaymentRecords>();
        Assert.Empty(await records.ListChargesAsync(November, default).ToListAsync());
        Assert.Equal(2, (await records.ListChargesAsync(November.Next, default).ToListAsync()).Count(c => c.IsCorrection && c.ChargePeriod == November));
    }

    [Fact]
    public async Task Late_usage_of_a_month_that_is_not_closed_is_on_an_invoice_of_that_month()
    {
        await using var scene = new BillingScene();
        var late = scene.Usage(await scene.Register(false, true), await scene.Register(true, false), 3_600);
        await scene.Market.RunUntilAsync(Instant.FromUtc(2026, 12, 3, 0, 0));
        await scene.Send(late);
        await scene.Market.RunAsync();
        await scene.Run(RunPurpose.Billing, "b");
        var invoice = await scene.Invoice();
        Assert.Equal((November, false), (invoice.Period, invoice.Lines[0].IsCorrection));
        Assert.Equal(late.MeteredAt, scene.Entries.First().BookedAt);
    }
}
