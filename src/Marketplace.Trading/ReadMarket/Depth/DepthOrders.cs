using Marketplace.Trading.Book;

namespace Marketplace.Trading.ReadMarket.Depth;

/// <summary>Of a listing what the depth is made of.</summary>
internal sealed class DepthAsk(AskTerms terms)
{
    public AskTerms Terms { get; private set; } = terms;

    /// <summary>GPUs sold in every hour. They stay sold when the listing is closed, for it may be opened again.</summary>
    public HourCurve Sold { get; } = new();

    public bool IsOpen { get; private set; } = true;

    /// <summary>Whether its hours are a lease's, which its machine's own listing has as sold.</summary>
    public bool IsResale => Terms.ResoldLease is not null;

    public void Open(AskTerms terms) => (Terms, IsOpen) = (terms, true);

    public void Close() => IsOpen = false;

    /// <summary>Whether nothing of it can matter from an hour on.</summary>
    public bool IsOver(HourSlot hour) => Sold.IsZero && (!IsOpen || Terms.Window.To <= hour);

    /// <summary>Free GPUs and their price in some hours, for each stretch of them where both are the same; only hours that it offers.</summary>
    public IEnumerable<(UnitPrice Price, HourSlot From, HourSlot To, long GpuCount)> FreeWithin(HourSlot from, HourSlot to)
    {
        if (!IsOpen) yield break;
        if (from < Terms.Window.From) from = Terms.Window.From;
        if (to > Terms.Window.To) to = Terms.Window.To;
        foreach (var sold in Sold.Within(from, to))
        {
            var free = Math.Max(0, Terms.GpuCount - sold.Value);
            for (var at = sold.From; at < sold.To;)
            {
                var price = Terms.Price.At(at);
                var end = Terms.Price.IsFlat ? sold.To : at + 1;
                while (end < sold.To && Terms.Price.At(end) == price) end += 1;
                yield return (price, at, end, free);
                at = end;
            }
        }
    }
}

/// <summary>What kind of demand a waiting bid is.</summary>
internal enum DemandKind
{
    /// <summary>At known hours with a limit per GPU-hour: it is in the depth.</summary>
    AtHours,

    /// <summary>With a limit per GPU-hour, at any hours of a window: nobody knows yet in which hours it will be.</summary>
    Flexible,

    /// <summary>With a limit per proven PFLOP-hour: what it pays for a GPU-hour depends on the GPU.</summary>
    PerPflopHour,
}

/// <summary>Of a waiting bid what the depth is made of; small, for there may be a million.</summary>
/// <param name="Kind">What kind of demand.</param>
/// <param name="Limit">Its limit.</param>
/// <param name="From">The first of its hours, once it is known.</param>
/// <param name="Hours">How many hours.</param>
/// <param name="OpenGpuCount">GPUs that it still wants.</param>
internal readonly record struct DepthBid(DemandKind Kind, UnitPrice Limit, HourSlot From, int Hours, int OpenGpuCount)
{
    public HourSlot To => From + Hours;

    public long GpuHours => (long)OpenGpuCount * Hours;

    /// <param name="terms">What the bid wants.</param>
    /// <param name="settled">The first hour that its first execution settled; null before.</param>
    /// <param name="filledGpuCount">GPUs bought so far.</param>
    public static DepthBid Of(BidTerms terms, HourSlot? settled, int filledGpuCount)
    {
        var start = terms.FlexibleHours is null ? terms.Window.From : settled;
        var kind = terms.PriceBasis == PriceBasis.ProvenPflopHour ? DemandKind.PerPflopHour : start is null ? DemandKind.Flexible : DemandKind.AtHours;
        return new DepthBid(kind, terms.Limit, start ?? default, terms.Hours, terms.GpuCount - filledGpuCount);
    }

    /// <summary>The bid after an execution: that settles its hours.</summary>
    public DepthBid After(BidTraded trade) =>
        this with { Kind = Kind == DemandKind.Flexible ? DemandKind.AtHours : Kind, From = trade.Window.From, OpenGpuCount = trade.OpenGpuCount };
}
