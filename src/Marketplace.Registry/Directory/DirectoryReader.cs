using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.Registry.Directory;

/// <summary>Where a page of the directory ended.</summary>
/// <param name="Book">The order book's text.</param>
/// <param name="ListingId">The last listing that was looked at in it.</param>
public sealed record DirectoryPosition(string Book, ListingId ListingId);

/// <summary>Part of a search.</summary>
/// <param name="Items">Listings that match; may be none although there is more.</param>
/// <param name="Next">Where to go on; null at the end.</param>
public sealed record DirectoryPage(IReadOnlyList<DirectoryEntry> Items, DirectoryPosition? Next);

/// <summary>
/// Searches active listings: hub by hub and class by class in the catalogue's order, the newest first in each. One partition per order book.
/// </summary>
public sealed class DirectoryReader(IPartitionStore store, ICatalogue catalogue)
{
    private const int MaxRowsPerPage = 1000;

    /// <summary>The next listings that match.</summary>
    /// <param name="filter">What is asked for.</param>
    /// <param name="limit">The most listings to return.</param>
    /// <param name="after">Where the page before ended; null for the first page.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<DirectoryPage> SearchAsync(DirectoryFilter filter, int limit, DirectoryPosition? after, CancellationToken cancellationToken)
    {
        var items = new List<DirectoryEntry>();
        var rows = 0;
        foreach (var book in Books(filter).SkipWhile(book => after is not null && book.ToString() != after.Book))
        {
            var range = after is not null && after.Book == book.ToString()
                ? RegistryRows.Listings.After(RegistryRows.Listing(after.ListingId))
                : RegistryRows.Listings;
            await foreach (var row in store.ReadRangeAsync(RegistryRows.Directory(book), range, cancellationToken))
            {
                var entry = MarketplaceJson.Deserialize<DirectoryEntry>(row.Body);
                if (filter.Matches(entry)) items.Add(entry);
                if (++rows >= MaxRowsPerPage || items.Count == limit) return new DirectoryPage(items, new DirectoryPosition(book.ToString(), entry.Id));
            }
        }

        return new DirectoryPage(items, null);
    }

    private IEnumerable<BookKey> Books(DirectoryFilter filter) =>
        from hub in catalogue.Hubs
        where filter.Hubs.Count == 0 || filter.Hubs.Contains(hub.Id)
        from model in catalogue.Models
        where filter.Models.Count == 0 || filter.Models.Contains(model.Id)
        select new BookKey(model.Id, hub.Id);
}
