using Marketplace.Contracts;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using static Marketplace.Api.Tests.Metering.MeteredLeaseScene;

namespace Marketplace.Api.Tests.Metering;

public sealed class ClosedMonthTests
{
    [Fact]
    public async Task Readings_that_come_after_their_month_was_closed_are_a_further_record_of_the_open_month_with_their_own_hours()
    {
        await using var scene = await StartAsync();
        await scene.SendAsync(Reading(1, 0, 3600));
        await scene.StopAndCloseAsync();
        await scene.Host.AdvanceAsync(Instant.FromUtc(2026, 12, 1, 12, 0) - scene.Host.Time.Now);
        var finance = scene.Host.Client(scene.Host.StaffToken());
        await finance.ClosePeriodAsync("2026-11", "close");
        await scene.Host.WhenIdleAsync();
        var november = await ListAsync(scene, "2026-11");

        Assert.Equal("accepted", Assert.Single((await scene.SendAsync(Reading(2, 3600, 7000))).Readings).Outcome);
        Assert.Equal("closing", (await scene.Buyer.GetUsageAsync(scene.Lease.LeaseId.ToString())).Status);
        await scene.Host.AdvanceAsync(Duration.FromMinutes(10));

        var december = Assert.Single(await ListAsync(scene, "2026-12"));
        Assert.Equal([new HourUsage(HourSlot.Containing(Instant.FromUtc(2026, 11, 2, 9, 0)), GpuTime.OfGpuSeconds(6800))], december.Hours);
        Assert.Equal((Instant.FromUtc(2026, 11, 2, 9, 0), Instant.FromUtc(2026, 12, 1, 12, 10)), (december.ChargedFrom, december.MeteredAt));
        Assert.Equal(7200, Assert.Single(november).Total.GpuSeconds);
        Assert.Equal(november.Select(u => u.UsageId), (await ListAsync(scene, "2026-11")).Select(u => u.UsageId)); // a closed month gets no more
        foreach (var month in (string[])["2026-11", "2026-12"])
        {
            await foreach (var audit in Scoped<IUsageAudit>(scene).AuditAsync(Month(month), CancellationToken.None)) Assert.True(audit.Holds);
        }
    }

    private static async Task<IReadOnlyList<UsageMetered>> ListAsync(MeteredLeaseScene scene, string month) =>
        await Scoped<IUsageRecords>(scene).ListAsync(Month(month), CancellationToken.None).ToListAsync();

    private static T Scoped<T>(MeteredLeaseScene scene)
        where T : notnull => scene.Host.Services.CreateScope().ServiceProvider.GetRequiredService<T>();

    private static BillingPeriod Month(string text) => BillingPeriod.TryParse(text, out var period) ? period : throw new ArgumentException(text);
}
