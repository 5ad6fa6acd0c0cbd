using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Trading.Book;

/// <summary>How long a bid may wait for a seller. No bid outlives the start of its window.</summary>
public enum TimeInForce
{
    /// <summary>Good till cancelled.</summary>
    GoodTillCancelled,

    /// <summary>Good till a date: <see cref="BidTerms.ExpiresAt"/>.</summary>
    GoodTillDate,

    /// <summary>Immediate or cancel: what cannot be filled at once expires.</summary>
    ImmediateOrCancel,

    /// <summary>Fill or kill: all of it at once, or it expires.</summary>
    FillOrKill,
}

/// <summary>Whether less than the whole bid may be bought.</summary>
public enum FillRule
{
    /// <summary>All GPUs for the whole window, or nothing.</summary>
    AllOrNone,

    /// <summary>Some of the GPUs, each for the whole window, and the rest later.</summary>
    Partial,
}

/// <summary>Where the GPUs of a bid may be.</summary>
public enum Placement
{
    /// <summary>Any machines of the book.</summary>
    Any,

    /// <summary>All on one machine, that is from one listing.</summary>
    SameMachine,
}

/// <summary>What a listing must have for a bid to buy it.</summary>
/// <param name="Minimum">Least proven figures per GPU; 0 asks for nothing.</param>
/// <param name="MaxPue">Highest power usage effectiveness of the site; null for any. A listing that does not state it does not suit.</param>
/// <param name="MaxGridCarbonGramsPerKWh">Highest carbon of the site's power; null for any. A listing that does not state it does not suit.</param>
public sealed record BidRequirements(Capacity Minimum, decimal? MaxPue, int? MaxGridCarbonGramsPerKWh)
{
    /// <summary>Asks for nothing.</summary>
    public static BidRequirements None { get; } = new(new Capacity(0, 0, 0, 0), null, null);
}

/// <summary>What a bid wants: a rectangle of GPUs and hours, and on which terms.</summary>
/// <param name="GpuCount">GPUs in every hour, 1 to <see cref="MaxGpuCount"/>.</param>
/// <param name="Window">The hours.</param>
/// <param name="Limit">The most to pay, as the average price per GPU-hour over the block.</param>
/// <param name="TimeInForce">How long it may wait.</param>
/// <param name="ExpiresAt">When it expires, with <see cref="TimeInForce.GoodTillDate"/>; otherwise null.</param>
/// <param name="FillRule">Whether less may be bought.</param>
/// <param name="MinimumGpuCount">The fewest GPUs of one execution under <see cref="FillRule.Partial"/>, or the rest if that is less; otherwise the GPU count.</param>
/// <param name="Placement">Where the GPUs may be.</param>
/// <param name="Requirements">What listings must have.</param>
public sealed record BidTerms(
    int GpuCount,
    HourWindow Window,
    UnitPrice Limit,
    TimeInForce TimeInForce,
    Instant? ExpiresAt,
    FillRule FillRule,
    int MinimumGpuCount,
    Placement Placement,
    BidRequirements Requirements)
{
    /// <summary>The most GPUs of one bid.</summary>
    public const int MaxGpuCount = 1_000_000;

    /// <summary>Whether what is not bought at once may wait in the book.</summary>
    public bool MayRest => TimeInForce is TimeInForce.GoodTillCancelled or TimeInForce.GoodTillDate;

    /// <summary>From when on the bid may not wait any more: its date or the start of its window, whichever is first.</summary>
    public Instant RestsUntil => ExpiresAt is { } date && date < Window.Start ? date : Window.Start;
}
