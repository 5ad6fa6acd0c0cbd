namespace Marketplace.Trading.ReadMarket.Depth;

/// <summary>Who wants to trade.</summary>
public enum DepthSide
{
    /// <summary>Free GPUs, at the price of their listing in that hour.</summary>
    Ask,

    /// <summary>Wanted GPUs, at the limit of their bid.</summary>
    Bid,
}

/// <summary>One price of one side.</summary>
public readonly record struct DepthPrice(DepthSide Side, UnitPrice Price) : IComparable<DepthPrice>
{
    /// <summary>Asks first, by currency, the best price first: the lowest of asks, the highest of bids.</summary>
    public int CompareTo(DepthPrice other)
    {
        if (Side != other.Side) return Side.CompareTo(other.Side);
        var currency = string.CompareOrdinal(Price.Currency.Code, other.Price.Currency.Code);
        if (currency != 0) return currency;
        var price = Price.MicrosPerGpuHour.CompareTo(other.Price.MicrosPerGpuHour);
        return Side == DepthSide.Ask ? price : -price;
    }
}

/// <summary>GPUs at a price, the same in some consecutive hours. An absolute quantity; 0 where there are none any more.</summary>
/// <param name="At">Side and price.</param>
/// <param name="From">The first hour.</param>
/// <param name="To">The first hour after it.</param>
/// <param name="GpuCount">GPUs in every one of the hours.</param>
public readonly record struct DepthRun(DepthPrice At, HourSlot From, HourSlot To, long GpuCount);
