namespace Marketplace.Trading.Book;

/// <summary>A bid in the book.</summary>
internal sealed class RestingBid(BidId bidId, OrganisationId buyer, BidTerms terms, long priority)
{
    public BidId BidId => bidId;

    public OrganisationId Buyer => buyer;

    public BidTerms Terms => terms;

    /// <summary>The sequence number at which it came in: its place in time priority.</summary>
    public long Priority => priority;

    public int FilledGpuCount { get; private set; }

    public int OpenGpuCount => terms.GpuCount - FilledGpuCount;

    /// <summary>The fewest GPUs that its next execution may buy.</summary>
    public int LeastGpuCount => terms.FillRule == FillRule.AllOrNone ? OpenGpuCount : Math.Min(terms.MinimumGpuCount, OpenGpuCount);

    /// <summary>The listing that the rest must come from, once a bid for one machine has bought some; null otherwise.</summary>
    public ListingId? BoundTo { get; private set; }

    public void Fill(ListingId listing, int gpuCount)
    {
        InvariantException.Require(gpuCount <= OpenGpuCount, $"{bidId} was filled beyond its {terms.GpuCount} GPUs.");
        FilledGpuCount += gpuCount;
        if (terms.Placement != Placement.SameMachine) return;
        InvariantException.Require(BoundTo is null || BoundTo == listing, $"{bidId} for one machine bought from {BoundTo} and {listing}.");
        BoundTo = listing;
    }

    /// <summary>Takes the progress over from a snapshot.</summary>
    public void Restore(int filledGpuCount, ListingId? boundTo) => (FilledGpuCount, BoundTo) = (filledGpuCount, boundTo);
}

/// <summary>The highest limit first, then the oldest; currencies apart.</summary>
internal sealed class BidPriority : IComparer<RestingBid>
{
    public static BidPriority Order { get; } = new();

    public int Compare(RestingBid? x, RestingBid? y)
    {
        var (a, b) = (x!.Terms.Limit, y!.Terms.Limit);
        var currency = string.CompareOrdinal(a.Currency.Code, b.Currency.Code);
        if (currency != 0) return currency;
        var limit = b.MicrosPerGpuHour.CompareTo(a.MicrosPerGpuHour);
        return limit != 0 ? limit : x.Priority.CompareTo(y.Priority);
    }
}

/// <summary>Who expires first.</summary>
internal sealed class ExpiryOrder : IComparer<RestingBid>
{
    public static ExpiryOrder Order { get; } = new();

    public int Compare(RestingBid? x, RestingBid? y)
    {
        var until = x!.Terms.RestsUntil.CompareTo(y!.Terms.RestsUntil);
        return until != 0 ? until : x.Priority.CompareTo(y.Priority);
    }
}

/// <summary>The lowest price first, then the oldest; currencies apart.</summary>
internal sealed class AskPriority : IComparer<Ask>
{
    public static AskPriority Order { get; } = new();

    public int Compare(Ask? x, Ask? y)
    {
        var (a, b) = (x!.Terms.Price.Lowest, y!.Terms.Price.Lowest);
        var currency = string.CompareOrdinal(a.Currency.Code, b.Currency.Code);
        if (currency != 0) return currency;
        var price = a.MicrosPerGpuHour.CompareTo(b.MicrosPerGpuHour);
        return price != 0 ? price : x.Priority.CompareTo(y.Priority);
    }
}
