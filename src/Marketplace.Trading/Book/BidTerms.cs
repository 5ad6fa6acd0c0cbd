using System.Text.Json.Serialization;
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

    /// <summary>All from one provider.</summary>
    SameProvider,
}

/// <summary>What a bid's limit is a price of.</summary>
public enum PriceBasis
{
    /// <summary>A GPU for an hour, whatever it has proven.</summary>
    GpuHour,

    /// <summary>10^15 dense bf16 operations per second for an hour, as proven: a GPU that proved 0.5 of it may cost half the limit.</summary>
    ProvenPflopHour,
}

/// <summary>What happens to a bid when it meets a listing of its own organisation: the two never trade.</summary>
public enum SelfTradePrevention
{
    /// <summary>A bid that comes in and would buy from its own organisation next expires. Its own organisation's listing that comes in passes it over.</summary>
    ExpireTaker,

    /// <summary>A bid that rests expires when its own organisation's listing comes in and would sell to it. A bid that comes in passes own listings over.</summary>
    ExpireMaker,

    /// <summary>Both of the above: the bid expires whichever came first.</summary>
    ExpireBoth,

    /// <summary>Own listings are passed over, whichever came first.</summary>
    PassOver,
}

/// <summary>What a listing must have for a bid to buy it.</summary>
/// <param name="Minimum">Least proven figures per GPU; 0 asks for nothing.</param>
/// <param name="MaxPue">Highest power usage effectiveness of the site; null for any. A listing that does not state it does not suit.</param>
/// <param name="MaxGridCarbonGramsPerKWh">Highest carbon of the site's power; null for any. A listing that does not state it does not suit.</param>
public sealed record BidRequirements(Capacity Minimum, decimal? MaxPue, int? MaxGridCarbonGramsPerKWh)
{
    /// <summary>Asks for nothing.</summary>
    public static BidRequirements None { get; } = new(new Capacity(0, 0, 0, 0), null, null);

    /// <summary>Whether a listing has what is asked for.</summary>
    public bool AreMetBy(AskTerms ask) =>
        ask.Proven.Int8Gops >= Minimum.Int8Gops
        && ask.Proven.Bf16Gflops >= Minimum.Bf16Gflops
        && ask.Proven.MemoryMB >= Minimum.MemoryMB
        && ask.Proven.MemoryBandwidthMBps >= Minimum.MemoryBandwidthMBps
        && (MaxPue is null || ask.Pue <= MaxPue)
        && (MaxGridCarbonGramsPerKWh is null || ask.GridCarbonGramsPerKWh <= MaxGridCarbonGramsPerKWh);
}

/// <summary>What a bid wants: a rectangle of GPUs and hours, and on which terms.</summary>
/// <param name="GpuCount">GPUs in every hour, 1 to <see cref="MaxGpuCount"/>.</param>
/// <param name="Window">The hours; for a flexible bid, where its hours must lie.</param>
/// <param name="Limit">The most to pay, as the average over the block per GPU-hour, or per what <paramref name="PriceBasis"/> says.</param>
/// <param name="TimeInForce">How long it may wait.</param>
/// <param name="ExpiresAt">When it expires, with <see cref="TimeInForce.GoodTillDate"/>; otherwise null.</param>
/// <param name="FillRule">Whether less may be bought.</param>
/// <param name="MinimumGpuCount">The fewest GPUs of one execution under <see cref="FillRule.Partial"/>, or the rest if that is less; otherwise the GPU count.</param>
/// <param name="Placement">Where the GPUs may be.</param>
/// <param name="Requirements">What listings must have.</param>
/// <param name="FlexibleHours">
/// For a flexible bid: how many consecutive hours it wants, 1 to the hours of its window, anywhere in it. The first execution settles
/// which, for the rest of the bid too. Null for all of the window.
/// </param>
/// <param name="PriceBasis">What the limit is a price of.</param>
/// <param name="PostOnly">Whether it may only wait: one that would buy as it comes in ends instead.</param>
/// <param name="SelfTradePrevention">What happens when it meets its own organisation.</param>
public sealed record BidTerms(
    int GpuCount,
    HourWindow Window,
    UnitPrice Limit,
    TimeInForce TimeInForce,
    Instant? ExpiresAt,
    FillRule FillRule,
    int MinimumGpuCount,
    Placement Placement,
    BidRequirements Requirements,
    int? FlexibleHours = null,
    PriceBasis PriceBasis = PriceBasis.GpuHour,
    bool PostOnly = false,
    SelfTradePrevention SelfTradePrevention = SelfTradePrevention.ExpireTaker)
{
    /// <summary>The most GPUs of one bid.</summary>
    public const int MaxGpuCount = 1_000_000;

    /// <summary>The longest window of a flexible bid: 31 days. Every start in it is looked at.</summary>
    public const int MaxFlexibleWindowHours = 31 * 24;

    private const int GflopsPerPflop = 1_000_000;

    /// <summary>Consecutive hours that every execution buys.</summary>
    [JsonIgnore]
    public int Hours => FlexibleHours ?? Window.Hours;

    /// <summary>The last hour that an execution may begin in.</summary>
    [JsonIgnore]
    public HourSlot LastStart => Window.To + -Hours;

    /// <summary>Whether what is not bought at once may wait in the book.</summary>
    [JsonIgnore]
    public bool MayRest => TimeInForce is TimeInForce.GoodTillCancelled or TimeInForce.GoodTillDate;

    /// <summary>From when on the bid may not wait any more: its date, or the start of the last hours it could still buy, whichever is first.</summary>
    [JsonIgnore]
    public Instant RestsUntil => ExpiresAt is { } date && date < LastStart.Start ? date : LastStart.Start;

    /// <summary>What the bid pays for a GPU-hour at most, in micro-units: its limit, or per PFLOP-hour as much of it as the GPU has proven.</summary>
    public long LimitMicrosFor(Capacity proven) => PriceBasis == PriceBasis.GpuHour
        ? Limit.MicrosPerGpuHour
        : (long)Int128.Min((Int128)Limit.MicrosPerGpuHour * proven.Bf16Gflops / GflopsPerPflop, UnitPrice.MaxMicrosPerGpuHour);
}
