using Marketplace.Contracts;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Durable;

/// <summary>Commands of every kind as a busy book gets them, fixed by a seed. Bids have the numbers of the messages that bring them.</summary>
internal static class RandomCommands
{
    public static List<SentCommand> Of(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(1, count).Select(number => Delivery.Command(number, Draw(random, number)))];
    }

    private static BookCommand Draw(Random random, int number) => random.Next(20) switch
    {
        < 5 => Open(Ask(random.Next(1, 12), 1m + random.Next(5), gpus: random.Next(1, 6), provider: random.Next(1, 4))),
        < 13 => Enter(number, RandomTerms(random), buyer: random.Next(1, 6)),
        < 15 => new WithdrawBid(Bid(random.Next(1, number + 1))),
        15 => new CloseAsk(Listing(random.Next(1, 12)), Monday),
        16 => new ReplaceBid(Bid(random.Next(1, number + 1)), Terms(1m + random.Next(6), gpus: random.Next(1, 6), minimum: 1)),
        17 => new TryBids(Listing(random.Next(1, 12))),
        18 => random.Next(2) == 0 ? new HaltBook() : new ResumeBook(),
        _ => random.Next(2) == 0 ? new SetPriceBand(random.Next(2, 20)) : new ExpireBids(),
    };

    private static BidTerms RandomTerms(Random random)
    {
        var from = random.Next(1, 20);
        var gpus = random.Next(1, 6);
        var terms = Terms(1m + random.Next(6), gpus, from, from + random.Next(1, 5), minimum: random.Next(2) == 0 ? 1 : null);
        return random.Next(4) == 0 ? terms with { SelfTradePrevention = SelfTradePrevention.PassOver, FlexibleHours = 1 } : terms;
    }
}
