using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Trading.Book;

/// <summary>What a book may be asked to do.</summary>
public abstract record BookCommand;

/// <summary>Offer a listing's hours, for the first time or again. Without effect if it was closed after it became active.</summary>
public sealed record OpenAsk(AskTerms Ask, Instant ActivatedAt) : BookCommand;

/// <summary>Stop offering a listing. Without effect if it became active again after that.</summary>
/// <param name="ListingId">The listing.</param>
/// <param name="ClosedAt">When it ended.</param>
/// <param name="ResoldLease">The lease whose hours they are, where its buyer sold them on; null for a provider's listing.</param>
public sealed record CloseAsk(ListingId ListingId, Instant ClosedAt, LeaseId? ResoldLease = null) : BookCommand;

/// <summary>Match a bid, and keep what is left of it if it may wait.</summary>
public sealed record EnterBid(BidId BidId, OrganisationId Buyer, BidTerms Terms) : BookCommand;

/// <summary>
/// Change a bid's GPU count, minimum, limit or date; the other terms are as they were. Fewer GPUs or another date keep its place in
/// time priority, more GPUs or another limit lose it. A count that it has bought already ends it. Then it is tried again. Without
/// effect if the bid does not rest any more.
/// </summary>
public sealed record ReplaceBid(BidId BidId, BidTerms Terms) : BookCommand;

/// <summary>Take a bid out.</summary>
public sealed record WithdrawBid(BidId BidId) : BookCommand;

/// <summary>Give hours of a trade back to the listing they came from.</summary>
/// <param name="TradeId">The trade.</param>
/// <param name="ListingId">The listing that the trade bought from.</param>
/// <param name="GpuCount">The GPUs that it bought.</param>
/// <param name="Window">The hours.</param>
/// <param name="StopOffering">Whether the machine failed, so that the listing is not offered any more.</param>
public sealed record GiveBack(TradeId TradeId, ListingId ListingId, int GpuCount, HourWindow Window, bool StopOffering) : BookCommand;

/// <summary>
/// Offer hours of a lease again, by its buyer: an ask of its own, at the machine of the listing that the lease was bought from, with
/// what that had proven. Ends with <see cref="CloseAsk"/>, and at once if its hours are over or the book knows no such listing.
/// </summary>
/// <param name="ListingId">The id of the new ask.</param>
/// <param name="Original">The listing that the lease was bought from.</param>
/// <param name="LeaseId">The lease.</param>
/// <param name="Seller">The lease's buyer.</param>
/// <param name="GpuCount">GPUs offered, at most those of the lease.</param>
/// <param name="Window">Hours offered, all of them the lease's.</param>
/// <param name="Price">What he asks.</param>
/// <param name="OfferedAt">When.</param>
public sealed record OpenResale(
    ListingId ListingId, ListingId Original, LeaseId LeaseId, OrganisationId Seller, int GpuCount, HourWindow Window, PriceSchedule Price, Instant OfferedAt)
    : BookCommand;

/// <summary>Go on trying waiting bids where a command had to stop.</summary>
/// <param name="ListingId">On one listing; null on all.</param>
public sealed record TryBids(ListingId? ListingId) : BookCommand;

/// <summary>Take no orders any more but cancellations. Listings come in and go, hours come back, bids expire; nothing trades.</summary>
public sealed record HaltBook : BookCommand;

/// <summary>End a halt: every waiting bid is tried, by limit and age, at the listings' prices.</summary>
public sealed record ResumeBook : BookCommand;

/// <summary>Set how far from the reference price a bid's limit may be.</summary>
/// <param name="Ratio">Above 1: from reference / ratio to reference * ratio. Null for no band.</param>
public sealed record SetPriceBand(decimal? Ratio) : BookCommand;

/// <summary>Let bids go whose time has come. Every other command does so too.</summary>
public sealed record ExpireBids : BookCommand;

/// <summary>What a listing offers.</summary>
/// <param name="ListingId">The listing.</param>
/// <param name="Provider">Who sells.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="GpuCount">GPUs in every hour of the window.</param>
/// <param name="Window">The hours.</param>
/// <param name="Price">What the provider asks; a block's price is <see cref="PriceSchedule.Over"/>.</param>
/// <param name="MinimumHours">The shortest block.</param>
/// <param name="Proven">What was proven, per GPU.</param>
/// <param name="Pue">Power usage effectiveness of the site; null where unstated.</param>
/// <param name="GridCarbonGramsPerKWh">Carbon of the site's power; null where unstated.</param>
/// <param name="ResoldLease">The lease whose hours these are, where its buyer sells them on; null for a provider's listing.</param>
public sealed record AskTerms(
    ListingId ListingId,
    OrganisationId Provider,
    MachineId MachineId,
    int GpuCount,
    HourWindow Window,
    PriceSchedule Price,
    int MinimumHours,
    Capacity Proven,
    decimal? Pue,
    int? GridCarbonGramsPerKWh,
    LeaseId? ResoldLease = null);
