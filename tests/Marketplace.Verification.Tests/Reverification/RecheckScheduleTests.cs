using Marketplace.Testing.Time;
using Marketplace.Verification.Reverification;
using NodaTime;

namespace Marketplace.Verification.Tests.Reverification;

public sealed class RecheckScheduleTests
{
    private static readonly Instant Since = Instant.FromUtc(2026, 1, 1, 0, 0);
    private static readonly RecheckOptions Options = new();
    private static readonly RecheckPlan Plan = new(Since, null, 0, false, null);

    [Fact]
    public void Waits_have_the_stated_mean_and_no_memory()
    {
        var entropy = new SeededEntropy(1);
        var mean = Duration.FromDays(7);
        var waits = Enumerable.Range(0, 20_000).Select(_ => RecheckSchedule.Draw(mean, entropy) / mean).ToList();

        // Four standard deviations of the mean of 20,000 exponential waits, and of the parts below one and beyond two and three means.
        Assert.InRange(waits.Average(), 1 - 0.03, 1 + 0.03);
        Assert.InRange(waits.Count(wait => wait < 1) / 20_000.0, 0.632 - 0.014, 0.632 + 0.014);
        var (beyondTwo, beyondThree) = (waits.Count(wait => wait > 2), waits.Count(wait => wait > 3));
        Assert.InRange(beyondThree / (double)beyondTwo, 0.368 - 0.04, 0.368 + 0.04);
    }

    [Fact]
    public void New_providers_and_those_that_failed_are_drawn_more_often()
    {
        Assert.Equal(Options.CloseMeanWait, Mean(Plan, Since + Duration.FromDays(29)));
        Assert.Equal(Options.MeanWait, Mean(Plan, Since + Duration.FromDays(30)));
        var failed = Plan with { FailedAt = Since + Duration.FromDays(100) };
        Assert.Equal(Options.CloseMeanWait, Mean(failed, Since + Duration.FromDays(129)));
        Assert.Equal(Options.MeanWait, Mean(failed, Since + Duration.FromDays(130)));
    }

    [Fact]
    public void More_machines_than_a_window_takes_are_drawn_as_much_more_often() =>
        Assert.Equal(Options.MeanWait / 2, Mean(Plan, Since + Duration.FromDays(60), machines: 128));

    private static Duration Mean(RecheckPlan plan, Instant now, int machines = 1) => RecheckSchedule.MeanWait(plan, machines, Options, now);
}
