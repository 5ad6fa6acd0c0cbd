using System.Text.Json.Serialization;
using Marketplace.Leasing.LifeCycle;
using NodaTime;

namespace Marketplace.Leasing.ResellHours;

/// <summary>The lease whose hours these are, and whose machine it is: where a lease was bought from another lease's buyer.</summary>
/// <param name="LeaseId">The head lease.</param>
/// <param name="Provider">Its provider.</param>
public sealed record HeadLease(LeaseId LeaseId, OrganisationId Provider);

/// <summary>Where a resale stands.</summary>
public enum ResaleState
{
    /// <summary>The hours are offered.</summary>
    Open,

    /// <summary>They are no longer to be offered; what they sold before that is not all known yet.</summary>
    Closing,

    /// <summary>They are not offered, and everything that they sold is known.</summary>
    Closed,
}

/// <summary>Hours of a lease that its buyer offers in the book: the present or last such offer.</summary>
/// <param name="ListingId">Names the offer in the book.</param>
/// <param name="GpuCount">GPUs offered in every hour of the window.</param>
/// <param name="Window">The hours offered.</param>
/// <param name="Price">What the buyer asks for them.</param>
/// <param name="OfferedAt">Since when.</param>
/// <param name="Trades">Trades that the lease has heard of.</param>
/// <param name="StoppedAt">From when on it was not to be offered any more; null before.</param>
/// <param name="TradesInAll">Trades that the book made of it in all; null while it may make more.</param>
public sealed record Resale(
    ListingId ListingId,
    int GpuCount,
    HourWindow Window,
    PriceSchedule Price,
    Instant OfferedAt,
    int Trades = 0,
    Instant? StoppedAt = null,
    int? TradesInAll = null)
{
    /// <summary>Where it stands.</summary>
    [JsonIgnore]
    public ResaleState State =>
        Trades >= TradesInAll ? ResaleState.Closed
        : StoppedAt is null && TradesInAll is null ? ResaleState.Open
        : ResaleState.Closing;

    /// <summary>The resale after an event.</summary>
    public static Resale Apply(Resale? resale, ResaleEvent @event) => (@event, resale) switch
    {
        (ResaleOffered e, null or { State: ResaleState.Closed }) => new(e.ListingId, e.GpuCount, e.Window, e.Price, e.At),
        (HoursResold, { } known) => known with { Trades = known.Trades + 1 },
        (ResaleStopped e, { } known) => known with { StoppedAt = e.At },
        (ResaleConfirmed e, { } known) => known with { StoppedAt = known.StoppedAt ?? e.At, TradesInAll = e.Trades },
        _ => throw new InvariantException($"A resale in state {resale?.State} got {@event}."),
    };
}

/// <summary>A lease of hours that another lease's buyer sold on, as that other lease keeps it.</summary>
/// <param name="LeaseId">The lease that was sold.</param>
/// <param name="ListingId">The offer that it was bought from.</param>
/// <param name="GpuCount">GPUs sold.</param>
/// <param name="Window">The hours.</param>
/// <param name="IsOver">Whether it has ended.</param>
public sealed record Sublease(LeaseId LeaseId, ListingId ListingId, int GpuCount, HourWindow Window, bool IsOver)
{
    /// <summary>A lease of another lease's hours.</summary>
    public static Sublease Of(Lease lease) => new(lease.LeaseId, lease.ListingId, lease.GpuCount, lease.Window, lease.IsOver);

    /// <summary>Whether it still needs the machine.</summary>
    public bool HasHoursAt(Instant now) => !IsOver && Window.End > now;
}
