using NodaTime;

namespace Marketplace.Trading.Book.Memory;

/// <summary>
/// Trades whose hours can still be given back, in the order they were made: the id of a trade tells its sequence number, so that a
/// search finds it.
/// </summary>
internal sealed class SoldBlocks(TradeNumber numbers)
{
    private readonly Dictionary<long, List<HourWindow>> givenBack = [];
    private Slab<Block> blocks = new();

    public int Count => blocks.Top;

    public IEnumerable<Block> All
    {
        get
        {
            for (var i = 0; i < blocks.Top; i++) yield return blocks[i];
        }
    }

    public void Add(long sequence, long atMilliseconds, int ask, int gpuCount, int from, int hours) =>
        blocks[blocks.Add()] = new Block(sequence, atMilliseconds, ask, gpuCount, from, hours);

    /// <summary>The trade with an id, or null.</summary>
    public Block? Find(TradeId id)
    {
        var sequence = TradeNumber.SequenceOf(id);
        var (low, high) = (0, blocks.Top - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (blocks[middle].Sequence < sequence) low = middle + 1;
            else high = middle;
        }

        return low < blocks.Top && blocks[low].Sequence == sequence && IdOf(blocks[low]) == id ? blocks[low] : null;
    }

    public TradeId IdOf(in Block block) => numbers.Of(Instant.FromUnixTimeMilliseconds(block.AtMilliseconds), block.Sequence);

    /// <summary>What was given back of a trade.</summary>
    public IReadOnlyList<HourWindow> GivenBackOf(in Block block) => givenBack.TryGetValue(block.Sequence, out var windows) ? windows : [];

    public void GiveBack(in Block block, HourWindow window)
    {
        if (!givenBack.TryGetValue(block.Sequence, out var windows)) givenBack.Add(block.Sequence, windows = []);
        windows.Add(window);
    }

    /// <summary>The stretches of a window that were not given back yet, in order.</summary>
    public IEnumerable<HourWindow> StillSold(Block block, HourWindow within)
    {
        var back = GivenBackOf(block);
        var from = within.From;
        for (var hour = within.From; hour <= within.To; hour += 1)
        {
            if (hour < within.To && !back.Any(window => window.Contains(hour))) continue;
            if (hour > from) yield return new HourWindow(from, hour);
            from = hour + 1;
        }
    }

    /// <summary>Lets trades go whose hours are over.</summary>
    public void ForgetBefore(int hour)
    {
        var kept = new Slab<Block>();
        foreach (var block in All)
        {
            if (block.To > hour) kept[kept.Add()] = block;
            else givenBack.Remove(block.Sequence);
        }

        blocks = kept;
    }

    internal readonly record struct Block(long Sequence, long AtMilliseconds, int Ask, int GpuCount, int From, int Hours)
    {
        public int To => From + Hours;

        public HourWindow Window => HourWindow.Starting(HourSlot.OfIndex(From), Hours);
    }
}
