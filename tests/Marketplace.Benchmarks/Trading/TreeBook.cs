namespace Marketplace.Benchmarks.Trading;

/// <summary>
/// The plain book of the trade: a sorted dictionary of price levels per side, a first-come list of orders in each, and a dictionary of
/// orders by id. It knows nothing beforehand: any long is a price or an id.
/// </summary>
internal sealed class TreeBook
{
    private readonly Side bids = new(Comparer<long>.Create((x, y) => y.CompareTo(x)));
    private readonly Side asks = new(Comparer<long>.Default);
    private readonly Dictionary<long, Order> orders = [];
    private Tape tape;

    public Tape Tape => tape;

    public bool Holds(long orderId) => orders.ContainsKey(orderId);

    public long? BestBid => bids.Best?.Price;

    public long? BestAsk => asks.Best?.Price;

    public void Buy(long orderId, long price, int quantity)
    {
        while (quantity > 0 && asks.Best is { } level && level.Price <= price)
        {
            var sell = level.First!;
            var traded = Math.Min(quantity, sell.Quantity);
            tape.Add((int)orderId, (int)sell.Id, traded, (int)level.Price);
            quantity -= traded;
            sell.Quantity -= traded;
            if (sell.Quantity == 0) Remove(asks, sell);
        }

        if (quantity > 0) Rest(bids, orderId, price, quantity);
    }

    public void Sell(long orderId, long price, int quantity)
    {
        while (quantity > 0 && bids.Best is { } level && level.Price >= price)
        {
            var buy = level.First!;
            var traded = Math.Min(quantity, buy.Quantity);
            tape.Add((int)buy.Id, (int)orderId, traded, (int)level.Price);
            quantity -= traded;
            buy.Quantity -= traded;
            if (buy.Quantity == 0) Remove(bids, buy);
        }

        if (quantity > 0) Rest(asks, orderId, price, quantity);
    }

    public void Cancel(long orderId)
    {
        if (orders.TryGetValue(orderId, out var order)) Remove(order.Side, order);
    }

    private void Rest(Side side, long orderId, long price, int quantity)
    {
        var order = new Order(orderId, side, side.LevelAt(price), quantity);
        order.Level.Append(order);
        orders.Add(orderId, order);
    }

    private void Remove(Side side, Order order)
    {
        orders.Remove(order.Id);
        order.Level.Remove(order);
        if (order.Level.First is null) side.Remove(order.Level);
    }

    private sealed class Order(long id, Side side, Level level, int quantity)
    {
        public long Id => id;

        public Side Side => side;

        public Level Level => level;

        public int Quantity { get; set; } = quantity;

        public Order? Previous { get; set; }

        public Order? Next { get; set; }
    }

    /// <summary>The orders at a price, first come first.</summary>
    private sealed class Level(long price)
    {
        private Order? last;

        public long Price => price;

        public Order? First { get; private set; }

        public void Append(Order order)
        {
            order.Previous = last;
            if (last is null) First = order;
            else last.Next = order;
            last = order;
        }

        public void Remove(Order order)
        {
            if (order.Previous is null) First = order.Next;
            else order.Previous.Next = order.Next;
            if (order.Next is null) last = order.Previous;
            else order.Next.Previous = order.Previous;
        }
    }

    /// <summary>The levels of one side. The best one is remembered, because finding it in the tree takes a walk and an enumerator.</summary>
    private sealed class Side(IComparer<long> bestFirst)
    {
        private readonly SortedDictionary<long, Level> levels = new(bestFirst);

        public Level? Best { get; private set; }

        public Level LevelAt(long price)
        {
            if (levels.TryGetValue(price, out var level)) return level;
            level = new Level(price);
            levels.Add(price, level);
            if (Best is null || bestFirst.Compare(price, Best.Price) < 0) Best = level;
            return level;
        }

        public void Remove(Level level)
        {
            levels.Remove(level.Price);
            if (level == Best) Best = levels.Count == 0 ? null : levels.First().Value;
        }
    }
}
