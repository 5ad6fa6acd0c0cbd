namespace Marketplace.Trading.Book;

/// <summary>GPUs of one listing for a bid's whole window.</summary>
internal readonly record struct Fill(Ask Ask, int GpuCount, UnitPrice Price);

/// <summary>What a bid can buy now.</summary>
/// <param name="Fills">In the order of execution; none if it cannot execute.</param>
/// <param name="MeetsItself">Whether an ask of the buyer's own organisation was next in line.</param>
internal sealed record Match(IReadOnlyList<Fill> Fills, bool MeetsItself)
{
    /// <summary>The most listings of one execution, so that its events fit one commit.</summary>
    public const int MaxFills = 1_000;

    private static readonly Match Nothing = new([], MeetsItself: false);

    /// <summary>
    /// The cheapest way to execute a bid. Asks are taken by price, then age: with a fixed window every GPU of a block costs its
    /// ask's price times the same hours, so that taking the cheapest first gives the least total.
    /// </summary>
    /// <param name="bid">The bid.</param>
    /// <param name="asks">Open asks in the bid's currency, by price, then priority.</param>
    /// <param name="arriving">The ask that came in while the bid rested; null when the bid itself comes in.</param>
    public static Match Find(RestingBid bid, IEnumerable<Ask> asks, Ask? arriving)
    {
        // A bid that comes in against its own organisation expires; a bid that rests passes its own organisation's asks over.
        var candidates = asks.Where(ask => Eligible(bid, ask) && (arriving is null || ask.Terms.Provider != bid.Buyer));
        var fills = new List<Fill>();
        var open = bid.OpenGpuCount;
        Int128 cost = 0;
        foreach (var ask in candidates)
        {
            var free = ask.FreeIn(bid.Terms.Window);
            if (bid.Terms.Placement == Placement.SameMachine && free < bid.LeastGpuCount) continue;
            if (free == 0) continue;
            var dearer = ask.Terms.Price.Lowest > bid.Terms.Limit;
            if (dearer && bid.Terms.FillRule == FillRule.Partial) break;
            if (ask.Terms.Provider == bid.Buyer && bid.Terms.FillRule == FillRule.Partial) return Partly(bid, fills, arriving, meetsItself: true);

            var take = Math.Min(free, open);
            fills.Add(new Fill(ask, take, ask.Terms.Price.Lowest));
            cost += (Int128)ask.Terms.Price.Lowest.MicrosPerGpuHour * take;
            open -= take;
            if (open == 0 || bid.Terms.Placement == Placement.SameMachine || fills.Count == MaxFills) break;
        }

        if (bid.Terms.FillRule == FillRule.Partial) return Partly(bid, fills, arriving, meetsItself: false);
        if (open > 0 || cost > (Int128)bid.Terms.Limit.MicrosPerGpuHour * bid.OpenGpuCount) return Nothing;
        return fills.Exists(fill => fill.Ask.Terms.Provider == bid.Buyer) ? new Match([], MeetsItself: true) : new Match(Priced(bid, fills, arriving), false);
    }

    private static bool Eligible(RestingBid bid, Ask ask) =>
        (bid.BoundTo is null || bid.BoundTo == ask.Terms.ListingId) && ask.Terms.Suits(bid.Terms);

    private static Match Partly(RestingBid bid, List<Fill> fills, Ask? arriving, bool meetsItself) =>
        fills.Count > 0 && fills.Sum(fill => fill.GpuCount) >= bid.LeastGpuCount
            ? new Match(Priced(bid, fills, arriving), meetsItself)
            : new Match([], meetsItself);

    // Asks that rest get their own price. An ask that arrives trades at the resting bid's limit, as far as the dearer rest of the
    // block leaves room under the bid's cap, and never below its own price.
    private static List<Fill> Priced(RestingBid bid, List<Fill> fills, Ask? arriving)
    {
        var index = fills.FindIndex(fill => fill.Ask == arriving);
        if (arriving is null || index < 0) return fills;
        var fill = fills[index];
        var limit = bid.Terms.Limit.MicrosPerGpuHour;
        Int128 room = (Int128)limit * fills.Sum(f => f.GpuCount);
        foreach (var other in fills.Where(other => other.Ask != arriving)) room -= (Int128)other.Price.MicrosPerGpuHour * other.GpuCount;
        var price = Int128.Max(fill.Price.MicrosPerGpuHour, Int128.Min(limit, room / fill.GpuCount));
        fills[index] = fill with { Price = UnitPrice.OfMicros((long)price, fill.Price.Currency) };
        return fills;
    }
}
