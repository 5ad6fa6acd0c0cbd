using CsCheck;
using Marketplace.BenchmarkWorker.Serve;
using Marketplace.Verification.Reverification;

namespace Marketplace.BenchmarkWorker.Tests.Serve;

public sealed class AskRhythmTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly SteppingTime time = new();

    private AskRhythm Rhythm(double chance = 0, int rest = 30) => new(rest * Second, time, () => chance);

    [Fact]
    public void At_rest_the_pause_is_the_one_that_was_set_or_up_to_a_quarter_shorter()
    {
        Assert.Equal(30 * Second, Rhythm(0).Next());
        Assert.Equal(22.5 * Second, Rhythm(1).Next());
        Assert.Equal(5 * Second, Rhythm(0, rest: 5).Next());
    }

    [Fact]
    public void After_a_proof_it_is_short_for_ten_seconds()
    {
        var rhythm = Rhythm();
        rhythm.Proved();
        time.Advance(9 * Second);
        Assert.Equal(Second, rhythm.Next());
        time.Advance(Second);
        Assert.Equal(30 * Second, rhythm.Next());
    }

    [Theory]
    [InlineData(0.0, 10.0)]
    [InlineData(0.5, 10.5)]
    public void A_question_falls_on_the_start_of_a_lease_or_up_to_a_second_later_and_short_pauses_follow_for_a_minute(double chance, double pause)
    {
        var rhythm = Rhythm(chance);
        rhythm.Expect(10 * Second);
        Assert.Equal(pause * Second, rhythm.Next());
        time.Advance(11 * Second);
        rhythm.Expect(null);
        Assert.Equal(Second, rhythm.Next());
        time.Advance(58 * Second);
        Assert.Equal(Second, rhythm.Next());
        time.Advance(Second);
        Assert.True(rhythm.Next() > 20 * Second);
    }

    [Fact]
    public void The_proof_of_readiness_ends_the_wait_for_it()
    {
        var rhythm = Rhythm();
        rhythm.Expect(TimeSpan.Zero);
        time.Advance(4 * Second);
        Assert.Equal(Second, rhythm.Next());
        rhythm.Proved();
        time.Advance(10 * Second);
        Assert.Equal(30 * Second, rhythm.Next());
    }

    [Fact]
    public void A_lease_that_is_not_to_come_any_more_is_not_waited_for()
    {
        var rhythm = Rhythm();
        rhythm.Expect(10 * Second);
        rhythm.Expect(null);
        time.Advance(10 * Second);
        Assert.Equal(30 * Second, rhythm.Next());
    }

    /// <summary>Whatever else happens, a window of re-checks is found with half of its notice left to prepare.</summary>
    [Fact]
    public void No_pause_is_longer_than_half_of_the_notice_of_a_window()
    {
        Assert.True(AskRhythm.Longest * 2 <= new RecheckOptions().Notice.ToTimeSpan());
        Gen.Select(Gen.Int[1, 30], Gen.Double[0, 0.999], Gen.Int[-100, 3_600].Array[12]).Sample((rest, chance, events) =>
        {
            var clock = new SteppingTime();
            var rhythm = new AskRhythm(rest * Second, clock, () => chance);
            foreach (var startsIn in events)
            {
                if (startsIn < 0) rhythm.Proved();
                else rhythm.Expect(startsIn * Second);
                var pause = rhythm.Next();
                Assert.InRange(pause, TimeSpan.FromTicks(1), rest * Second);
                clock.Advance(pause);
            }
        });
    }
}
