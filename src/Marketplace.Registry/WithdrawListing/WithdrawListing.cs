using Marketplace.Contracts;
using Marketplace.Registry.Listings;
using NodaTime;

namespace Marketplace.Registry.WithdrawListing;

/// <summary>Command: take a listing back. Trades that were made stand.</summary>
/// <param name="Provider">Whose listing.</param>
/// <param name="ListingId">The listing.</param>
public sealed record WithdrawListing(OrganisationId Provider, ListingId ListingId);

/// <summary>Why a listing is not withdrawn; the first that applies.</summary>
public enum WithdrawListingRefusal
{
    /// <summary>The provider has no such listing.</summary>
    ListingUnknown,

    /// <summary>It was withdrawn before or has expired.</summary>
    WrongState,
}

/// <summary>Decides on withdrawals.</summary>
public static class WithdrawalRules
{
    /// <summary>The withdrawn listing.</summary>
    public static Result<ListingChange, WithdrawListingRefusal> Withdraw(Listing? listing, Instant now)
    {
        if (listing is null) return WithdrawListingRefusal.ListingUnknown;
        if (listing.HasEnded) return WithdrawListingRefusal.WrongState;
        var closed = listing.Status == ListingStatus.Active ? new ListingClosed(listing.Id, listing.Book, now, listing.Provider) : null;
        return new ListingChange(listing.Become(ListingStatus.Withdrawn), Closed: closed);
    }
}
