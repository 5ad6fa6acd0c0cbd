using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Billing.Tests;

public class MirrorMetersTests
{
    [Fact]
    public async Task Usage_is_mirrored_once_where_that_is_switched_on_however_often_it_is_tried()
    {
        await using var scene = Mirroring();
        var buyer = await scene.Register(false, true);
        var usage = scene.Usage(buyer, await scene.Register(true, false), 3_600);
        var failures = 3;
        scene.Gateway.Fault = key => key.StartsWith("me:", StringComparison.Ordinal) && failures-- > 0 ? failures - 1 : 0;
        await scene.Send(usage);
        await scene.Send(usage);
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromMinutes(5));
        var mirrored = Assert.Single(scene.Gateway.MeterEvents);
        Assert.Equal((usage.UsageId, $"cus_{buyer}", 3_600), (mirrored.UsageId, mirrored.ExternalCustomerId, mirrored.Used.GpuSeconds));
        Assert.True(mirrored.At < usage.ChargedTo && mirrored.At >= usage.ChargedFrom);
        Assert.Empty(scene.Market.Messages.DeadLetters);
    }

    [Fact]
    public async Task Usage_older_than_35_days_is_charged_but_not_mirrored()
    {
        await using var scene = Mirroring();
        var usage = scene.Usage(await scene.Register(false, true), await scene.Register(true, false), 3_600);
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromDays(35));
        await scene.Send(usage with { MeteredAt = scene.Market.Time.Now });
        await scene.Market.RunAsync();
        Assert.Empty(scene.Gateway.MeterEvents);
        Assert.Single(scene.Entries, e => e.Reason == EntryReason.UsageCharged);
    }

    [Fact]
    public async Task By_the_standard_terms_nothing_is_mirrored()
    {
        await using var scene = new BillingScene();
        await scene.Send(scene.Usage(await scene.Register(false, true), await scene.Register(true, false), 3_600));
        await scene.Market.RunAsync();
        Assert.Empty(scene.Gateway.MeterEvents);
    }

    private static BillingScene Mirroring() =>
        new(with: services => services.AddSingleton(BillingTerms.Standard with { MirrorsMeters = true }));
}
