using CsCheck;
using Marketplace.Contracts;
using Marketplace.Runtime.Work;
using Marketplace.Testing.Simulation;
using NodaTime;

namespace Marketplace.Finance.Tests;

public sealed class ClosePeriodTests : IAsyncDisposable
{
    private static readonly BillingPeriod Period = ConsistentWorld.Period;
    private readonly ConsistentWorld world = ConsistentWorld.Gen.Single();
    private readonly SimulatedMarketplace market;

    public ClosePeriodTests() => market = new SimulatedMarketplace(services =>
    {
        services.AddFinance();
        WorldRecords.Register(services, world);
    });

    public ValueTask DisposeAsync() => market.DisposeAsync();

    [Fact]
    public async Task A_month_that_has_not_ended_is_not_closed()
    {
        market.Time.JumpTo(Period.End - Duration.FromSeconds(1));
        Assert.Equal(ClosePeriodRefusal.PeriodNotOver, (await CloseAsync("a")).Result.Refusal);
        Assert.False(await market.Get<IPeriods>().IsClosedAsync(Period, default));
    }

    [Fact]
    public async Task A_month_is_closed_once_and_for_good()
    {
        market.Time.JumpTo(Period.End);
        var closed = await CloseAsync("a");
        Assert.Equal((Period, Period.End, "tester"), (closed.Result.Value.Period, closed.Result.Value.ClosedAt, closed.Result.Value.ClosedBy));
        Assert.True((await CloseAsync("a")).Replayed);
        Assert.Equal(ClosePeriodRefusal.PeriodClosedAlready, (await CloseAsync("b")).Result.Refusal);
        Assert.True(await market.Get<IPeriods>().IsClosedAsync(Period, default));
        Assert.False(await market.Get<IPeriods>().IsClosedAsync(Period.Next, default));
    }

    private Task<Attempt<ClosedPeriod, ClosePeriodRefusal>> CloseAsync(string key) =>
        market.Get<ClosePeriod>().CloseAsync(Period, "tester", IdempotencyKey.Of(key), CancellationToken.None);
}
