using Marketplace.Benchmarks.Trading;

namespace Marketplace.Benchmarks.Tests;

/// <summary>A book that is nothing but the rule: of the resting orders within the limit the best priced, then the oldest, trades next.</summary>
internal sealed class NaiveBook
{
    private readonly List<Resting> resting = [];
    private Tape tape;

    public Tape Tape => tape;

    /// <summary>Cancels that found no order.</summary>
    public int IdleCancels { get; private set; }

    /// <summary>Orders that traded as they came in.</summary>
    public int Crossing { get; private set; }

    public void Apply(OrderMessage message)
    {
        if (message.Action == OrderAction.Cancel)
        {
            if (resting.RemoveAll(order => order.Id == message.OrderId) == 0) IdleCancels++;
            return;
        }

        var isBuy = message.Action == OrderAction.Buy;
        var left = message.Quantity;
        var trades = tape.Trades;
        while (left > 0)
        {
            var others = resting.Where(order => order.IsBuy != isBuy && (isBuy ? order.Tick <= message.Tick : order.Tick >= message.Tick));
            if (others.MinBy(order => (isBuy ? order.Tick : -order.Tick, order.Id)) is not { } best) break;
            var traded = Math.Min(left, best.Quantity);
            tape.Add(isBuy ? message.OrderId : best.Id, isBuy ? best.Id : message.OrderId, traded, best.Tick);
            left -= traded;
            best.Quantity -= traded;
            if (best.Quantity == 0) resting.Remove(best);
        }

        if (tape.Trades > trades) Crossing++;
        if (left > 0) resting.Add(new Resting { Id = message.OrderId, IsBuy = isBuy, Tick = message.Tick, Quantity = left });
    }

    private sealed class Resting
    {
        public required int Id { get; init; }

        public required bool IsBuy { get; init; }

        public required int Tick { get; init; }

        public required int Quantity { get; set; }
    }
}
