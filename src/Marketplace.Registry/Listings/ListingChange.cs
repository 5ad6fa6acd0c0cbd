using Marketplace.Contracts;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.Listings;

/// <summary>What a decision makes of a listing, and what the other modules are told of it.</summary>
/// <param name="Listing">The listing afterwards.</param>
/// <param name="Request">The proof it needs; null for none.</param>
/// <param name="Activated">That it may be sold; null unless it may from now on.</param>
/// <param name="Closed">That it may not be sold any more; null unless it might be before.</param>
public sealed record ListingChange(Listing Listing, RequestVerification? Request = null, ListingActivated? Activated = null, ListingClosed? Closed = null)
{
    internal void Put(PartitionWork work)
    {
        work.Put(RegistryRows.Listing(Listing.Id), Listing);
        if (Request is not null) work.Send(Request);
        if (Activated is not null) work.Send(Activated);
        if (Closed is not null) work.Send(Closed);
    }
}
