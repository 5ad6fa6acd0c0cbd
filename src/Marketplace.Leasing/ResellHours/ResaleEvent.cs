using Marketplace.Leasing.LifeCycle;
using NodaTime;

namespace Marketplace.Leasing.ResellHours;

/// <summary>Something that happened to the resale of a lease's hours. Unlike other events it may come after the lease is over.</summary>
public abstract record ResaleEvent : LeaseEvent;

/// <summary>The buyer offers hours in the book.</summary>
public sealed record ResaleOffered(ListingId ListingId, int GpuCount, HourWindow Window, PriceSchedule Price, Instant At) : ResaleEvent;

/// <summary>A trade of the present resale became known.</summary>
public sealed record HoursResold : ResaleEvent;

/// <summary>The hours are not to be offered any more.</summary>
public sealed record ResaleStopped(Instant At) : ResaleEvent;

/// <summary>The book does not offer them any more.</summary>
/// <param name="At">Since when.</param>
/// <param name="Trades">Trades that it made of them in all.</param>
public sealed record ResaleConfirmed(Instant At, int Trades) : ResaleEvent;
