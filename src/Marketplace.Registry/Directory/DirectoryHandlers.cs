using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.Directory;

/// <summary>Puts what becomes active into the public directory.</summary>
public sealed class EnterListing(Workspace workspace) : IMessageHandler<ListingActivated>
{
    /// <inheritdoc/>
    public Task HandleAsync(ListingActivated message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            RegistryRows.Directory(message.Book),
            context,
            async work =>
            {
                // Read first: a listing that is offered again replaces what is left of it.
                var row = RegistryRows.Listing(message.ListingId);
                await work.ReadAsync<DirectoryEntry>(row, cancellationToken);
                work.Put(row, DirectoryEntry.Of(message));
            },
            cancellationToken);
}

/// <summary>Takes what is no longer offered out of the public directory.</summary>
public sealed class RemoveListing(Workspace workspace) : IMessageHandler<ListingClosed>
{
    /// <inheritdoc/>
    public Task HandleAsync(ListingClosed message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            RegistryRows.Directory(message.Book),
            context,
            async work =>
            {
                var row = RegistryRows.Listing(message.ListingId);
                if (await work.ReadAsync<DirectoryEntry>(row, cancellationToken) is not null) work.Delete(row);
            },
            cancellationToken);
}
