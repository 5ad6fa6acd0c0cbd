using Marketplace.Benchmarks.Measure;
using Marketplace.Trading.Book;

namespace Marketplace.Benchmarks.Trading;

/// <summary>
/// The marketplace's own engine on a workload. A sell order is a listing that offers one hour, a buy order a bid for that hour that
/// takes single GPUs and waits till it is cancelled; a cancel withdraws the bid or closes the listing.
/// </summary>
internal sealed class EngineContestant(BookCommand[] commands) : IContestant
{
    private OrderBook book = new(BookScene.Book);

    public string Name => "engine";

    public void Prepare() => book = new OrderBook(BookScene.Book);

    public ulong Run()
    {
        var tape = default(Tape);
        foreach (var command in commands)
        {
            foreach (ref readonly var change in book.Decide(command, BookScene.Now))
            {
                if (change.Kind != ChangeKind.BidTraded) continue;
                var buy = BookScene.NumberOf(BidId.From(book.Memory.Bid(change.Bid).Id));
                var sell = BookScene.NumberOf(ListingId.From(book.Memory.Ask(change.Ask).Id));
                tape.Add(buy, sell, change.GpuCount, BookScene.TickOf(change.Micros));
            }
        }

        return tape.Hash;
    }
}

/// <summary>The same engine, and the events that are stored made of what it decides.</summary>
internal sealed class EngineEventsContestant(BookCommand[] commands) : IContestant
{
    private OrderBook book = new(BookScene.Book);

    public string Name => "engineEvents";

    public void Prepare() => book = new OrderBook(BookScene.Book);

    public ulong Run()
    {
        var tape = default(Tape);
        foreach (var command in commands)
        {
            foreach (var @event in book.Apply(command, BookScene.Now).Events)
            {
                if (@event is not BidTraded trade) continue;
                var (buy, sell) = (BookScene.NumberOf(trade.BidId), BookScene.NumberOf(trade.ListingId));
                tape.Add(buy, sell, trade.GpuCount, BookScene.TickOf(trade.Price.MicrosPerGpuHour));
            }
        }

        return tape.Hash;
    }
}

/// <summary>A workload as the engine's commands.</summary>
internal static class EngineCommands
{
    public static BookCommand[] Of(ReferenceWorkload workload)
    {
        var hour = BookScene.Window(0, 1);
        var sells = workload.Messages.Where(message => message.Action == OrderAction.Sell).Select(message => message.OrderId).ToHashSet();
        return [.. workload.Messages.Select(CommandOf)];

        BookCommand CommandOf(OrderMessage message) => message.Action switch
        {
            OrderAction.Buy => BookScene.Want(message.OrderId, message.Quantity, hour, BookScene.PriceAt(message.Tick), minimum: 1),
            OrderAction.Sell => BookScene.Offer(message.OrderId, message.Quantity, hour, BookScene.PriceAt(message.Tick)),
            _ when sells.Contains(message.OrderId) => new CloseAsk(BookScene.Listing(message.OrderId), BookScene.Now),
            _ => new WithdrawBid(BookScene.Bid(message.OrderId)),
        };
    }
}
