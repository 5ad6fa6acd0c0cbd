using Marketplace.Trading.Book;

namespace Marketplace.Trading.Tests.Model;

/// <summary>One GPU of an offer for some hours.</summary>
/// <param name="Offer">Whose GPU.</param>
/// <param name="Price">The offer's block price, micro-units per GPU-hour.</param>
/// <param name="Worth">The most that the bid pays for it on average, micro-units per GPU-hour.</param>
internal sealed record Gpu(Offer Offer, decimal Price, decimal Worth)
{
    /// <summary>
    /// How good it is for the bid. Of GPUs that are worth the same, as all are to a bid per GPU-hour, the cheapest saves most: so "the
    /// lowest price" and "the least total cost" of the rules are the largest saving here, for either price basis.
    /// </summary>
    public decimal Saving => Worth - Price;
}

/// <summary>What an execution would buy: GPUs, the best first, all for the same hours.</summary>
internal sealed record Block(HourWindow Hours, List<Gpu> Gpus)
{
    public decimal Saving => Gpus.Sum(g => g.Saving);
}

/// <summary>Rules 1 to 4 of the README: what a bid would buy of offers, looked at GPU by GPU and start by start.</summary>
internal static class SlowChoice
{
    private const int MostListings = 1_000;

    /// <summary>Rule 4. Null if nothing can be bought.</summary>
    public static Block? Choose(Order order, IReadOnlyList<Offer> offers, HourSlot firstStart)
    {
        var blocks = order.AllHours().Where(hours => hours.From >= firstStart)
            .Select(hours => Choose(order, offers, hours)).OfType<Block>()
            .OrderBy(block => block.Hours.From);
        return order.IsAllOrNone
            ? blocks.MaxBy(block => block.Saving)
            : blocks.OrderByDescending(block => block.Gpus.Count).ThenByDescending(block => block.Saving).FirstOrDefault();
    }

    /// <summary>Rules 2 and 3, for hours that are settled.</summary>
    private static Block? Choose(Order order, IReadOnlyList<Offer> offers, HourWindow hours)
    {
        var ranked = offers.Where(offer => Suits(offer, order, hours))
            .Select(offer => new Gpu(offer, BlockPrice(offer.Terms.Price, hours), Worth(order.Terms, offer)))
            .Select(gpu => (Gpu: gpu, Free: hours.Slots().Min(gpu.Offer.FreeIn)))
            .Where(x => x.Free > 0)
            .OrderByDescending(x => x.Gpu.Saving).ThenBy(x => x.Gpu.Offer.Age)
            .ToList();

        // Where all GPUs of one execution must come from. Places are ranked by their first offer, as LINQ's groups are.
        var places = order.Terms.Placement switch
        {
            Placement.Any => ranked.GroupBy(_ => 0),
            Placement.SameMachine => ranked.GroupBy(x => x.Gpu.Offer.Listing),
            Placement.SameProvider => ranked.GroupBy(x => NumberOf(x.Gpu.Offer.Terms.Provider)),
        };
        var blocks = places
            .Select(place => place.Take(MostListings).SelectMany(x => Enumerable.Repeat(x.Gpu, x.Free)).ToList())
            .Select(gpus => order.IsAllOrNone ? AllOf(order, gpus) : AsManyAs(order, gpus))
            .OfType<List<Gpu>>()
            .Select(gpus => new Block(hours, gpus));

        // MaxBy and FirstOrDefault both prefer the place that ranks first.
        return order.IsAllOrNone ? blocks.MaxBy(block => block.Saving) : blocks.FirstOrDefault();
    }

    // Rule 3: takes the best until it has all GPUs, and executes if their total is within the limit on average.
    private static List<Gpu>? AllOf(Order order, List<Gpu> gpus)
    {
        var all = gpus.Take(order.Wanted).ToList();
        return all.Count == order.Wanted && all.Sum(g => g.Price) <= all.Sum(g => g.Worth) ? all : null;
    }

    // Rule 3: takes the best that are each within the limit, and executes if they are at least its minimum.
    private static List<Gpu>? AsManyAs(Order order, List<Gpu> gpus)
    {
        var some = gpus.Where(g => g.Price <= g.Worth).Take(order.Wanted).ToList();
        return some.Count >= order.Least ? some : null;
    }

    // Rule 1, free GPUs apart, and what an earlier execution settled.
    private static bool Suits(Offer offer, Order order, HourWindow hours)
    {
        var (ask, bid) = (offer.Terms, order.Terms);
        var (least, proven) = (bid.Requirements.Minimum, ask.Proven);
        if (order.Bought.Count > 0 && bid.Placement == Placement.SameMachine && offer != order.Bought[0].Offer) return false;
        if (order.Bought.Count > 0 && bid.Placement == Placement.SameProvider && ask.Provider != order.Bought[0].Asked.Provider) return false;
        return ask.Price.Currency == bid.Limit.Currency
            && hours.From >= ask.Window.From && hours.To <= ask.Window.To
            && hours.To - hours.From >= ask.MinimumHours
            && proven.Int8Gops >= least.Int8Gops
            && proven.Bf16Gflops >= least.Bf16Gflops
            && proven.MemoryMB >= least.MemoryMB
            && proven.MemoryBandwidthMBps >= least.MemoryBandwidthMBps
            && (bid.Requirements.MaxPue is not { } pue || ask.Pue <= pue)
            && (bid.Requirements.MaxGridCarbonGramsPerKWh is not { } carbon || ask.GridCarbonGramsPerKWh <= carbon);
    }

    // Terms: the mean of its prices over the hours, rounded up to the micro-unit.
    private static decimal BlockPrice(PriceSchedule price, HourWindow hours) =>
        decimal.Ceiling(hours.Slots().Average(hour => (decimal)price.At(hour).MicrosPerGpuHour));

    // Rules 2 and 5: the limit, or the limit x proven bf16 PFLOP/s, rounded down.
    public static decimal Worth(BidTerms bid, Offer offer) => bid.PriceBasis == PriceBasis.GpuHour
        ? bid.Limit.MicrosPerGpuHour
        : decimal.Floor(bid.Limit.MicrosPerGpuHour * (offer.Terms.Proven.Bf16Gflops / 1_000_000m));

    private static int NumberOf(OrganisationId id) => Book.Telling.NumberOf(id.Ulid);
}
