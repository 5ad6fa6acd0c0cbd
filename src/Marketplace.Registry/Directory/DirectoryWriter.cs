using Marketplace.Contracts;
using Marketplace.Registry.Listings;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.Directory;

/// <summary>
/// Keeps the public directory. A message only says which listing to look at: what is entered is the listing as it is now, so that the
/// directory comes out right in whatever order messages arrive.
/// </summary>
internal sealed class DirectoryWriter(Workspace workspace)
    : IMessageHandler<ListingActivated>, IMessageHandler<ListingRenewed>, IMessageHandler<ListingClosed>
{
    /// <inheritdoc/>
    public Task HandleAsync(ListingActivated message, MessageContext context, CancellationToken cancellationToken) =>
        RefreshAsync(message.Book, message.ListingId, message.Provider, context, cancellationToken);

    /// <inheritdoc/>
    public Task HandleAsync(ListingRenewed message, MessageContext context, CancellationToken cancellationToken) =>
        RefreshAsync(message.Book, message.ListingId, message.Provider, context, cancellationToken);

    /// <inheritdoc/>
    public Task HandleAsync(ListingClosed message, MessageContext context, CancellationToken cancellationToken) =>
        RefreshAsync(message.Book, message.ListingId, provider: null, context, cancellationToken);

    private Task<bool> RefreshAsync(
        BookKey book, ListingId id, OrganisationId? provider, MessageContext context, CancellationToken cancellationToken) => workspace.HandleAsync(
            RegistryRows.Directory(book),
            context,
            async work =>
            {
                var row = RegistryRows.Listing(id);
                var entry = await work.ReadAsync<DirectoryEntry>(row, cancellationToken);

                // A listing that closes and is not entered has nothing to leave: its activation, if that is yet to come, finds it closed.
                if ((provider ?? entry?.Provider) is not { } owner) return;
                var listing = await workspace.Store.ReadRowAsync<Listing>(RegistryRows.Of(owner), row, cancellationToken);
                if (listing is { Status: ListingStatus.Active }) work.Put(row, DirectoryEntry.Of(listing));
                else if (entry is not null) work.Delete(row);
            },
            cancellationToken);
}
