using CsCheck;
using Marketplace.Verification.Reverification;
using NodaTime;

namespace Marketplace.Verification.Tests.Reverification;

public sealed class JointBoundTests
{
    private static readonly Instant Start = Instant.FromUtc(2026, 11, 2, 8, 0);

    [Fact]
    public void Two_machines_at_once_hold() => Assert.True(JointBound.Holds([Work(100, 95, 0, 4.5), Work(300, 290, 0.2, 4.7)]));

    [Fact]
    public void One_device_that_answers_two_claims_one_after_the_other_does_not_though_each_by_itself_would()
    {
        ProvenWork[] both = [Work(100, 100, 0, 4.5), Work(100, 100, 4.5, 9)];
        Assert.All(both, work => Assert.True(JointBound.Holds([work])));
        Assert.False(JointBound.Holds(both));
    }

    [Fact]
    public void Figures_are_taken_apart()
    {
        Assert.True(JointBound.Holds([Work(100, 95, 0, 4), Work(100, 95, 4, 8, "bf16")]));
        Assert.False(JointBound.Holds([Work(100, 95, 0, 4), Work(100, 95, 4, 8, "bf16"), Work(100, 95, 0, 4, "bf16")]));
    }

    [Fact]
    public void A_clock_that_stood_still_proves_nothing() => Assert.False(JointBound.Holds([Work(100, 100, 1, 1)]));

    [Fact]
    public void No_order_in_which_one_device_answers_hides_that_it_is_one() => Gen.Select(Gen.Int[2, 6], Gen.Double[0.3, 0.84], Gen.Int[0, 1_000_000]).Sample(
        (claims, part, seed) =>
        {
            // A device of less than the accepted part of all claims together works all the time, on whichever claim it likes.
            var random = new Random(seed);
            var rate = part * claims * 100;
            var pieces = Enumerable.Range(0, 40).Select(i => (Claim: i < claims ? i : random.Next(claims), Seconds: 0.05 + random.NextDouble())).ToList();
            var (at, spans) = (0.0, new (double From, double To, double Work)[claims]);
            foreach (var (claim, seconds) in pieces)
            {
                var (from, _, work) = spans[claim];
                spans[claim] = (work == 0 ? at : from, at + seconds, work + (rate * seconds));
                at += seconds;
            }

            var proven = spans.Select(span => Work(100, (long)(span.Work / (span.To - span.From)), span.From, span.To));
            Assert.False(JointBound.Holds(proven));
        },
        iter: 2_000);

    private static ProvenWork Work(long claimed, long proven, double from, double to, string figure = "int8") =>
        new(figure, claimed, proven, 0.85, Start + Duration.FromSeconds(from), Start + Duration.FromSeconds(to));
}
