using Marketplace.Contracts;

namespace Marketplace.Registry.Directory;

/// <summary>An active listing has a newer certificate. Of the registry to itself.</summary>
/// <param name="Provider">Whose listing.</param>
/// <param name="ListingId">The listing.</param>
/// <param name="Book">The order book it is sold in.</param>
internal sealed record ListingRenewed(OrganisationId Provider, ListingId ListingId, BookKey Book) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "registry.listing-renewed.v1";
}
