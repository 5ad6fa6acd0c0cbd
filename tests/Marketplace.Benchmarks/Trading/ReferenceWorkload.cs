using Marketplace.Benchmarks.Measure;

namespace Marketplace.Benchmarks.Trading;

/// <summary>How the limits of a workload are drawn.</summary>
internal enum PriceRule
{
    /// <summary>
    /// Half of the orders cross on arrival. A coin says which: a crossing order's limit is the other side's best price or up to 24 ticks
    /// beyond it, each as likely, and what it does not get rests there; any other order's limit is uniform over the ticks of its own
    /// half, cut off before the other side's best price.
    /// </summary>
    X50,

    /// <summary>Zero intelligence: uniform over all ticks on both sides. The book gets deepest.</summary>
    Zi,
}

/// <summary>
/// The reference workload: limit orders of 1 to 10 in one class, region and hour at 100 price ticks, and one cancel in every ten
/// messages on average. It is made of a seed alone and is the same on every machine.
/// </summary>
/// <remarks>
/// A cancel takes out any of the orders that rest at that moment, each as likely as the other. Which these are, and where the best
/// prices stand, a reference book says that is fed with the same messages.
/// </remarks>
/// <param name="Messages">In the order of arrival.</param>
/// <param name="OrderCount">How many of them are orders; their ids are 1 to this.</param>
/// <param name="CrossingCount">How many orders traded on arrival.</param>
/// <param name="RestingAtEnd">How many orders rest at the end.</param>
internal sealed record ReferenceWorkload(IReadOnlyList<OrderMessage> Messages, int OrderCount, int CrossingCount, int RestingAtEnd)
{
    public const int Ticks = 100;
    public const int MaxQuantity = 10;
    public const int StandardOrderCount = 1_000_000;
    public const ulong StandardSeed = 42;
    private const int MessagesPerCancel = 10;
    private const int MiddleTick = Ticks / 2;
    private const int Reach = Ticks / 4;

    public static ReferenceWorkload Create(PriceRule rule, int orderCount = StandardOrderCount, ulong seed = StandardSeed)
    {
        var random = new SplitMix64(seed);
        var book = new TreeBook();
        var messages = new List<OrderMessage>(orderCount + orderCount / (MessagesPerCancel - 1) * 2);
        var mayRest = new List<int>();
        var (orders, crossing) = (0, 0);
        while (orders < orderCount)
        {
            if (random.Below(MessagesPerCancel) == 0 && TakeResting(random, book, mayRest) is { } cancelled)
            {
                messages.Add(new OrderMessage(OrderAction.Cancel, cancelled, 0, 0));
                book.Cancel(cancelled);
                continue;
            }

            var action = random.Below(2) == 0 ? OrderAction.Buy : OrderAction.Sell;
            var tick = rule == PriceRule.Zi ? random.Below(Ticks) : TickOfX50(random, book, action);
            var order = new OrderMessage(action, ++orders, tick, random.Between(1, MaxQuantity));
            messages.Add(order);
            var trades = book.Tape.Trades;
            if (action == OrderAction.Buy) book.Buy(order.OrderId, tick, order.Quantity);
            else book.Sell(order.OrderId, tick, order.Quantity);
            if (book.Tape.Trades > trades) crossing++;
            if (book.Holds(order.OrderId)) mayRest.Add(order.OrderId);
        }

        return new ReferenceWorkload(messages, orderCount, crossing, mayRest.Count(id => book.Holds(id)));
    }

    // The list may name orders that are gone by now: drawing again until one rests leaves those that do equally likely.
    private static int? TakeResting(SplitMix64 random, TreeBook book, List<int> mayRest)
    {
        while (mayRest.Count > 0)
        {
            var index = random.Below(mayRest.Count);
            var order = mayRest[index];
            mayRest[index] = mayRest[^1];
            mayRest.RemoveAt(mayRest.Count - 1);
            if (book.Holds(order)) return order;
        }

        return null;
    }

    // Resting limits are drawn on the order's own half of the ticks, as far as the other side's best price leaves room.
    private static int TickOfX50(SplitMix64 random, TreeBook book, OrderAction action)
    {
        var crosses = random.Below(2) == 0;
        var distance = random.Below(MiddleTick);
        if (action == OrderAction.Buy)
        {
            if (crosses && book.BestAsk is { } ask) return Math.Min(Ticks - 1, (int)ask + random.Below(Reach));
            return Math.Max(0, Math.Min(MiddleTick - 1 - distance, (int)(book.BestAsk ?? Ticks) - 1));
        }

        if (crosses && book.BestBid is { } bid) return Math.Max(0, (int)bid - random.Below(Reach));
        return Math.Min(Ticks - 1, Math.Max(MiddleTick + distance, (int)(book.BestBid ?? -1) + 1));
    }
}
