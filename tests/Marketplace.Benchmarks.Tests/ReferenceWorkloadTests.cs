using Marketplace.Benchmarks.Measure;
using Marketplace.Benchmarks.Trading;

namespace Marketplace.Benchmarks.Tests;

public sealed class ReferenceWorkloadTests
{
    private const int Orders = 2_000;

    [Theory]
    [InlineData("X50", 4729067450576293150)]
    [InlineData("Zi", 7967075746131394309)]
    public void Everybody_gives_the_tape_of_the_naive_book_and_it_is_the_same_on_every_machine(string rule, ulong expected)
    {
        var workload = Workload(rule);
        var naive = new NaiveBook();
        foreach (var message in workload.Messages) naive.Apply(message);
        Assert.Equal(expected, naive.Tape.Hash);
        foreach (var contest in Interleaved.Run(InMemoryMatching.Contestants(workload), warmUps: 1, rounds: 1))
        {
            Assert.Equal((contest.Name, expected), (contest.Name, contest.Result));
        }
    }

    [Theory]
    [InlineData("X50")]
    [InlineData("Zi")]
    public void Cancels_are_a_tenth_of_the_messages_and_of_orders_that_rest(string rule)
    {
        var workload = Workload(rule);
        var naive = new NaiveBook();
        foreach (var message in workload.Messages) naive.Apply(message);
        Assert.Equal(0, naive.IdleCancels);
        Assert.Equal(naive.Crossing, workload.CrossingCount);
        Assert.InRange(workload.Messages.Count - Orders, Orders / 9 * 0.9, Orders / 9 * 1.1);
    }

    [Fact]
    public void Half_of_the_orders_of_x50_cross() => Assert.InRange(Workload("X50").CrossingCount, Orders * 0.48, Orders * 0.52);

    [Fact]
    public void Generator_gives_the_published_numbers()
    {
        var random = new SplitMix64(1234567);
        Assert.Equal([6457827717110365317, 3203168211198807973, 9817491932198370423], new[] { random.Next(), random.Next(), random.Next() });
    }

    private static ReferenceWorkload Workload(string rule) => ReferenceWorkload.Create(Enum.Parse<PriceRule>(rule), Orders);
}
