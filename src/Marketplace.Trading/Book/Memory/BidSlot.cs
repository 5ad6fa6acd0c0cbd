using System.Diagnostics.CodeAnalysis;

namespace Marketplace.Trading.Book.Memory;

/// <summary>What a search looks at of a bid.</summary>
internal struct BidSlot : IPlaced, IIdentified
{
    /// <summary>For a value that is not settled.</summary>
    public const int None = -1;

    private Place place;

    /// <summary>The bid's id without its prefix.</summary>
    public Ulid Id { readonly get; set; }

    /// <summary>Micro-units per GPU-hour or per proven PFLOP-hour.</summary>
    public long LimitMicros;

    /// <summary>From when on it may not wait any more: nanoseconds since 1970.</summary>
    public long RestsUntil;

    /// <summary>Tells buyers apart; equal tags have to be looked at.</summary>
    public int BuyerTag;

    /// <summary>The first hour: of the window of a fixed bid, as settled by the first execution of a flexible one, or <see cref="None"/>.</summary>
    public int Start;
    public int Hours;
    public int Open;
    public int Filled;

    /// <summary>The fewest GPUs of an execution, unless fewer are left; for a bid of all or none, all.</summary>
    public int Minimum;
    public byte Market;
    public Placement Placement;

    /// <summary>Whether it is in the book; what left stays readable until its slot is used again.</summary>
    public bool IsUsed;
    public bool IsAllOrNone;
    public bool IsPerPflop;

    /// <summary>Whether one execution may take asks dearer than its limit, because cheaper ones make up for them.</summary>
    public bool Averages;

    /// <summary>Whether some listings do not suit for what they or their provider are.</summary>
    public bool IsPicky;

    /// <summary>The fewest GPUs that its next execution may buy.</summary>
    public readonly int Least => IsAllOrNone ? Open : Math.Min(Minimum, Open);

    /// <summary>Whether it takes any single GPU for hours that are settled: it needs no search, and no second look at others.</summary>
    public readonly bool TakesAny => !IsAllOrNone && Minimum == 1 && Start != None;

    [UnscopedRef]
    public ref Place Place => ref place;
}

/// <summary>The rest of a bid.</summary>
internal struct BidDetails
{
    public BidTerms Terms;
    public OrganisationId Buyer;

    /// <summary>The provider that the rest must come from, once a bid for one provider has bought some; unset otherwise.</summary>
    public OrganisationId BoundProvider;

    /// <summary>The listing that the rest must come from, once a bid for one machine has bought some; or <see cref="BidSlot.None"/>.</summary>
    public int BoundAsk;
}
