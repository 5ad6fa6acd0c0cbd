using Marketplace.Contracts;
using Marketplace.Registry.Listings;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Registry.SuspendListing;

/// <summary>Decides on suspensions.</summary>
public static class SuspensionRules
{
    /// <summary>The suspended listing; null where it is not offered anyway.</summary>
    public static ListingChange? Suspend(Listing? listing, string reason, Instant now) =>
        listing is { Status: ListingStatus.Active }
            ? new ListingChange(
                listing.Become(ListingStatus.Suspended) with { SuspensionReason = reason }, Closed: new ListingClosed(listing.Id, listing.Book, now, listing.Provider))
            : null;
}

/// <summary>Suspends listings.</summary>
public sealed class SuspendListingHandler(Workspace workspace, TimeProvider time) : IMessageHandler<Contracts.SuspendListing>
{
    /// <inheritdoc/>
    public Task HandleAsync(Contracts.SuspendListing message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            RegistryRows.Of(message.Provider),
            context,
            async work =>
            {
                var listing = await work.ReadAsync<Listing>(RegistryRows.Listing(message.ListingId), cancellationToken);
                SuspensionRules.Suspend(listing, message.Reason, time.Now())?.Put(work);
            },
            cancellationToken);
}
