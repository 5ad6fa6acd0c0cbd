using Marketplace.Benchmarks.Measure;

namespace Marketplace.Benchmarks.Tests;

public sealed class SpreadTests
{
    [Fact]
    public void Median_stands_in_the_middle_and_a_rate_turns_the_ends_round()
    {
        Assert.Equal(new Spread(2, 1, 4), Spread.Of([4, 1, 2]));
        Assert.Equal(new Spread(3, 1, 9), Spread.Of([4, 1, 9, 2]));
        Assert.Equal(new Spread(50, 25, 100), new Spread(2, 1, 4).Per(100));
    }
}
