using NodaTime;

namespace Marketplace.Trading.Book.Memory;

/// <summary>A bid in a book.</summary>
internal struct BidSlot
{
    /// <summary>For a value that is not settled.</summary>
    public const int None = -1;

    public BidTerms Terms;
    public BidId Id;
    public OrganisationId Buyer;

    /// <summary>The sequence number at which it came in: its place in time priority.</summary>
    public long Priority;

    /// <summary>Micro-units per GPU-hour or per proven PFLOP-hour.</summary>
    public long LimitMicros;

    public int Market;

    /// <summary>The first hour: of the window of a fixed bid, as settled by the first execution of a flexible one, or <see cref="None"/>.</summary>
    public int Start;
    public int Hours;
    public int Open;
    public int Filled;

    /// <summary>The listing that the rest must come from, once a bid for one machine has bought some; or <see cref="None"/>.</summary>
    public int BoundAsk;

    /// <summary>The provider that the rest must come from, once a bid for one provider has bought some; unset otherwise.</summary>
    public OrganisationId BoundProvider;

    /// <summary>Whether it is in the book; what left stays readable until its slot is used again.</summary>
    public bool IsUsed;
    public bool IsAllOrNone;
    public bool IsPerPflop;
    public bool HasRequirements;

    /// <summary>The fewest GPUs that its next execution may buy.</summary>
    public readonly int Least => IsAllOrNone ? Open : Math.Min(Terms.MinimumGpuCount, Open);

    /// <summary>Whether one execution may take asks dearer than its limit, because cheaper ones make up for them.</summary>
    public readonly bool Averages => IsAllOrNone && Terms.Placement != Placement.SameMachine;

    /// <summary>From when on it may not wait any more.</summary>
    public readonly Instant RestsUntil => Terms.ExpiresAt is { } date && date < LastStart ? date : LastStart;

    /// <summary>How it ends when it has waited for too long.</summary>
    public readonly BidEnding EndingByTime => Terms.ExpiresAt < LastStart ? BidEnding.DateReached : BidEnding.WindowStarted;

    private readonly Instant LastStart => Start == None ? Terms.LastStart.Start : HourSlot.OfIndex(Start).Start;

    public void Take(BidTerms terms)
    {
        Terms = terms;
        LimitMicros = terms.Limit.MicrosPerGpuHour;
        Hours = terms.Hours;
        Open = terms.GpuCount - Filled;
        IsAllOrNone = terms.FillRule == FillRule.AllOrNone;
        IsPerPflop = terms.PriceBasis == PriceBasis.ProvenPflopHour;
        HasRequirements = terms.Requirements != BidRequirements.None;
    }
}
