using Marketplace.Contracts;
using Marketplace.Registry.Listings;
using NodaTime;

namespace Marketplace.Registry.ExpireListing;

/// <summary>Command of the registry to itself, due when a listing's window is over.</summary>
/// <param name="Provider">Whose listing.</param>
/// <param name="ListingId">The listing.</param>
public sealed record ExpireListing(OrganisationId Provider, ListingId ListingId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "registry.expire-listing.v1";
}

/// <summary>Decides on the end of listings.</summary>
public static class ExpiryRules
{
    /// <summary>The expired listing; null where it has ended already.</summary>
    public static ListingChange? Expire(Listing? listing, Instant now)
    {
        if (listing is null || listing.HasEnded) return null;
        var closed = listing.Status == ListingStatus.Active ? new ListingClosed(listing.Id, listing.Book, now, listing.Provider) : null;
        return new ListingChange(listing.Become(ListingStatus.Expired), Closed: closed);
    }
}
