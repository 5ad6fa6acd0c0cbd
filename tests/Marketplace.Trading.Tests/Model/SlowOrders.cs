using Marketplace.Trading.Book;
using NodaTime;

namespace Marketplace.Trading.Tests.Model;

/// <summary>A listing as the model sees it. Opened again it is the same with a new age. What is free is counted from what it sold.</summary>
internal sealed class Offer(int listing)
{
    public int Listing => listing;

    public required AskTerms Terms { get; set; }

    public required Instant Since { get; set; }

    /// <summary>The lower, the older.</summary>
    public required int Age { get; set; }

    public bool Open { get; set; } = true;

    public List<Sale> Sold { get; } = [];

    public int FreeIn(HourSlot hour) => Math.Max(0, Terms.GpuCount - SoldIn(hour));

    public int SoldIn(HourSlot hour) => Sold.Where(s => s.Hours.Contains(hour) && !s.Returned.Contains(hour)).Sum(s => s.Gpus);
}

/// <summary>A bid as the model sees it. How far it has come is counted from what it bought.</summary>
internal sealed class Order(int bid, OrganisationId buyer)
{
    public int Bid => bid;

    public OrganisationId Buyer => buyer;

    public required BidTerms Terms { get; set; }

    /// <summary>The lower, the older.</summary>
    public required int Age { get; set; }

    public List<Sale> Bought { get; } = [];

    public bool Ended { get; set; }

    public int Filled => Bought.Sum(s => s.Gpus);

    public int Wanted => Terms.GpuCount - Filled;

    public bool Waits => !Ended && Wanted > 0;

    public bool IsAllOrNone => Terms.FillRule == FillRule.AllOrNone;

    /// <summary>The fewest GPUs of the next execution.</summary>
    public int Least => IsAllOrNone ? Wanted : Math.Min(Terms.MinimumGpuCount, Wanted);

    /// <summary>The hours that an execution could buy, each time all of them. What the first execution bought, the others do too.</summary>
    public List<HourWindow> AllHours()
    {
        if (Bought.Count > 0) return [Bought[0].Hours];
        var wanted = Terms.FlexibleHours ?? Terms.Window.Hours;
        List<HourWindow> all = [];
        for (var from = Terms.Window.From; from + wanted <= Terms.Window.To; from += 1) all.Add(new HourWindow(from, from + wanted));
        return all;
    }

    /// <summary>No bid outlives the last hour it could begin in.</summary>
    public Instant LastsUntil => Instant.Min(Terms.ExpiresAt ?? Instant.MaxValue, AllHours()[^1].Start);
}

/// <summary>A trade as the model sees it. It counts for the free hours of its listing but for the hours that were given back.</summary>
/// <param name="Number">The first trade of a book is 1.</param>
/// <param name="Price">In micro-units per GPU-hour.</param>
/// <param name="Offer">What was sold.</param>
/// <param name="Asked">As it was offered then.</param>
/// <param name="Order">Who bought.</param>
/// <param name="Bid">What it wanted then.</param>
/// <param name="At">When.</param>
/// <param name="CameIn">The offer that came in and made a waiting bid execute; null where the bid came in.</param>
internal sealed record Sale(
    int Number, int Gpus, HourWindow Hours, decimal Price, Offer Offer, AskTerms Asked, Order Order, BidTerms Bid, Instant At, Offer? CameIn)
{
    public HashSet<HourSlot> Returned { get; } = [];
}
