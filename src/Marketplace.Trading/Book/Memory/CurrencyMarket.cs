namespace Marketplace.Trading.Book.Memory;

/// <summary>What of a book is in one currency: bids and asks of different currencies never meet.</summary>
internal sealed class CurrencyMarket(Currency currency, Slab<AskSlot> asks, Slab<BidSlot> bids)
{
    public Currency Currency => currency;

    /// <summary>Open asks with free hours, by the lowest price of any hour.</summary>
    public PriceQueue<AskSlot> Asks { get; } = new(asks, highestFirst: false);

    /// <summary>Waiting bids by their limit per GPU-hour.</summary>
    public PriceQueue<BidSlot> Bids { get; } = new(bids, highestFirst: true);

    /// <summary>Waiting bids by their limit per proven PFLOP-hour.</summary>
    public PriceQueue<BidSlot> PflopBids { get; } = new(bids, highestFirst: true);

    public HourTotals Free { get; } = new();

    public ReferencePrice Reference { get; } = new();

    /// <summary>Open asks with prices by the hour: with any, the queue does not tell the order of block prices.</summary>
    public int AsksByHour { get; set; }

    /// <summary>Waiting bids that may take asks dearer than their limit.</summary>
    public int AveragingBids { get; set; }
}
