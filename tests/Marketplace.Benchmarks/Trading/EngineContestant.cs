using Marketplace.Benchmarks.Measure;
using Marketplace.Trading.Book;

namespace Marketplace.Benchmarks.Trading;

/// <summary>
/// The marketplace's own engine on a workload. A sell order is a listing that offers one hour, a buy order a bid for that hour that
/// takes single GPUs and waits till it is cancelled; a cancel withdraws the bid or closes the listing.
/// </summary>
internal sealed class EngineContestant(ReferenceWorkload workload) : IContestant
{
    private readonly BookCommand[] commands = CommandsOf(workload);
    private OrderBook book = new(BookScene.Book);

    public string Name => "engine";

    public void Prepare() => book = new OrderBook(BookScene.Book);

    public ulong Run()
    {
        var tape = default(Tape);
        foreach (var command in commands)
        {
            foreach (var @event in book.Apply(command, BookScene.Now).Events)
            {
                if (@event is not BidTraded trade) continue;
                tape.Add(BookScene.NumberOf(trade.BidId), BookScene.NumberOf(trade.ListingId), trade.GpuCount, BookScene.TickOf(trade.Price));
            }
        }

        return tape.Hash;
    }

    private static BookCommand[] CommandsOf(ReferenceWorkload workload)
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
