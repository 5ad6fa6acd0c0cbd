using System.Collections.Concurrent;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;

namespace Marketplace.Trading.ReadMarket;

/// <summary>Books for reading, kept in memory apart from the writer's and brought up to date with every read.</summary>
internal sealed class BookViews(BookLoader loader)
{
    private readonly ConcurrentDictionary<BookKey, View> views = [];

    /// <summary>Reads a book as it is committed now.</summary>
    public async Task<T> ReadAsync<T>(BookKey key, Func<OrderBook, T> read, CancellationToken cancellationToken)
    {
        var view = views.GetOrAdd(key, _ => new View());
        await view.Gate.WaitAsync(cancellationToken);
        try
        {
            var known = view.Book;
            view.Book = null;
            view.Book = known is null ? await loader.LoadAsync(key, cancellationToken) : await loader.CatchUpAsync(known, cancellationToken);
            return read(view.Book.Book);
        }
        finally
        {
            view.Gate.Release();
        }
    }

    private sealed class View
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public LoadedBook? Book { get; set; }
    }
}
