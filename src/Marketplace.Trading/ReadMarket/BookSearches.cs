using Marketplace.Trading.Book;

namespace Marketplace.Trading.ReadMarket;

/// <summary>
/// Books for questions that take long. They are copies of their own: who searches waits for who searches, and no bid that is being
/// placed waits for either.
/// </summary>
internal sealed class BookSearches(BookViews views)
{
    /// <summary>Reads a book as it is committed now.</summary>
    public Task<T> ReadAsync<T>(BookKey key, Func<OrderBook, T> read, CancellationToken cancellationToken) => views.ReadAsync(key, read, cancellationToken);
}
