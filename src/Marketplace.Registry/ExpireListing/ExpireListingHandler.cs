using Marketplace.Registry.Listings;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.ExpireListing;

/// <summary>Expires listings.</summary>
public sealed class ExpireListingHandler(Workspace workspace, TimeProvider time) : IMessageHandler<ExpireListing>
{
    /// <inheritdoc/>
    public Task HandleAsync(ExpireListing message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            RegistryRows.Of(message.Provider),
            context,
            async work =>
            {
                var listing = await work.ReadAsync<Listing>(RegistryRows.Listing(message.ListingId), cancellationToken);
                ExpiryRules.Expire(listing, time.Now())?.Put(work);
            },
            cancellationToken);
}
