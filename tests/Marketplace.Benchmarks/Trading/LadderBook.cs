using System.Numerics;

namespace Marketplace.Benchmarks.Trading;

/// <summary>
/// The ceiling: a book that knows all ticks and order ids beforehand. Orders are array elements that link to each other by number, a
/// level is the two ends of such a list, and a bitmap per side finds the best level. It allocates nothing after it was made.
/// </summary>
internal sealed class LadderBook(int tickCount, int maxOrderId)
{
    private const int None = 0;
    private readonly Node[] nodes = new Node[maxOrderId + 1];
    private readonly Level[] levels = new Level[tickCount];
    private readonly ulong[] bidLevels = new ulong[(tickCount + 63) / 64];
    private readonly ulong[] askLevels = new ulong[(tickCount + 63) / 64];
    private int bestBid = -1;
    private int bestAsk = tickCount;
    private Tape tape;

    public Tape Tape => tape;

    /// <summary>Empties the book, so that a run does not pay for fresh memory.</summary>
    public void Clear()
    {
        Array.Clear(nodes);
        Array.Clear(levels);
        Array.Clear(bidLevels);
        Array.Clear(askLevels);
        (bestBid, bestAsk, tape) = (-1, levels.Length, default);
    }

    public void Buy(int orderId, int tick, int quantity)
    {
        while (quantity > 0 && bestAsk <= tick)
        {
            ref var level = ref levels[bestAsk];
            var sell = level.First;
            ref var resting = ref nodes[sell];
            var traded = Math.Min(quantity, resting.Quantity);
            tape.Add(orderId, sell, traded, bestAsk);
            quantity -= traded;
            resting.Quantity -= traded;
            if (resting.Quantity > 0) return;
            level.First = resting.Next;
            if (resting.Next != None)
            {
                nodes[resting.Next].Previous = None;
                continue;
            }

            level.Last = None;
            RemoveAskLevel(bestAsk);
        }

        if (quantity == 0) return;
        Rest(orderId, tick, quantity, isBid: true);
        bidLevels[tick >> 6] |= 1UL << tick;
        if (tick > bestBid) bestBid = tick;
    }

    public void Sell(int orderId, int tick, int quantity)
    {
        while (quantity > 0 && bestBid >= tick)
        {
            ref var level = ref levels[bestBid];
            var buy = level.First;
            ref var resting = ref nodes[buy];
            var traded = Math.Min(quantity, resting.Quantity);
            tape.Add(buy, orderId, traded, bestBid);
            quantity -= traded;
            resting.Quantity -= traded;
            if (resting.Quantity > 0) return;
            level.First = resting.Next;
            if (resting.Next != None)
            {
                nodes[resting.Next].Previous = None;
                continue;
            }

            level.Last = None;
            RemoveBidLevel(bestBid);
        }

        if (quantity == 0) return;
        Rest(orderId, tick, quantity, isBid: false);
        askLevels[tick >> 6] |= 1UL << tick;
        if (tick < bestAsk) bestAsk = tick;
    }

    public void Cancel(int orderId)
    {
        ref var order = ref nodes[orderId];
        if (order.Quantity == 0) return;
        order.Quantity = 0;
        ref var level = ref levels[order.Tick];
        if (order.Previous == None) level.First = order.Next;
        else nodes[order.Previous].Next = order.Next;
        if (order.Next == None) level.Last = order.Previous;
        else nodes[order.Next].Previous = order.Previous;
        if (level.First != None) return;
        if (order.IsBid) RemoveBidLevel(order.Tick);
        else RemoveAskLevel(order.Tick);
    }

    private void Rest(int orderId, int tick, int quantity, bool isBid)
    {
        ref var level = ref levels[tick];
        nodes[orderId] = new Node { Previous = level.Last, Quantity = quantity, Tick = (short)tick, IsBid = isBid };
        if (level.Last == None) level.First = orderId;
        else nodes[level.Last].Next = orderId;
        level.Last = orderId;
    }

    private void RemoveAskLevel(int tick)
    {
        askLevels[tick >> 6] &= ~(1UL << tick);
        if (tick == bestAsk) bestAsk = LowestFrom(askLevels, tick);
    }

    private void RemoveBidLevel(int tick)
    {
        bidLevels[tick >> 6] &= ~(1UL << tick);
        if (tick == bestBid) bestBid = HighestTo(bidLevels, tick);
    }

    private int LowestFrom(ulong[] bits, int tick)
    {
        for (var word = tick >> 6; word < bits.Length; word++)
        {
            if (bits[word] != 0) return (word << 6) + BitOperations.TrailingZeroCount(bits[word]);
        }

        return levels.Length;
    }

    private static int HighestTo(ulong[] bits, int tick)
    {
        for (var word = tick >> 6; word >= 0; word--)
        {
            if (bits[word] != 0) return (word << 6) + BitOperations.Log2(bits[word]);
        }

        return -1;
    }

    /// <summary>An order that rests, by its id; quantity 0 for none.</summary>
    private struct Node
    {
        public int Previous;
        public int Next;
        public int Quantity;
        public short Tick;
        public bool IsBid;
    }

    /// <summary>The orders of a tick, first come first.</summary>
    private struct Level
    {
        public int First;
        public int Last;
    }
}
