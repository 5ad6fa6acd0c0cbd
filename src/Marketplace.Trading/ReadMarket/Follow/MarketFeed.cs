using System.Collections.Concurrent;
using Marketplace.Runtime.Store;
using Marketplace.Trading.Durable;
using Marketplace.Trading.ReadMarket.Depth;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Marketplace.Trading.ReadMarket.Follow;

/// <summary>The readers of all books in this process.</summary>
public sealed class MarketFeed : IBookListener, IDisposable
{
    private readonly ConcurrentDictionary<BookKey, BookFeed> feeds = [];
    private readonly Func<BookKey, BookFeed> make;
    private readonly int mostFollowers;
    private int followers;

    internal MarketFeed(
        BookLoader loader, IPartitionStore store, IOptions<TradingOptions> options, TimeProvider time, ILogger<MarketFeed> logger)
    {
        mostFollowers = options.Value.MaxMarketFollowers;
        make = key => new BookFeed(key, loader, store, options.Value, time, logger);
    }

    /// <summary>Follows a book.</summary>
    /// <param name="book">The book.</param>
    /// <param name="after">The number of the last event that the follower knows of; null to begin with a snapshot.</param>
    /// <returns>Null if as many follow in this process as may.</returns>
    public BookFollower? TryFollow(BookKey book, long? after)
    {
        if (Interlocked.Increment(ref followers) > mostFollowers)
        {
            Interlocked.Decrement(ref followers);
            return null;
        }

        var feed = Of(book);
        feed.Enter();
        var left = 0;
        return new BookFollower(feed, after, Leave);

        void Leave()
        {
            if (Interlocked.Exchange(ref left, 1) == 1) return;
            feed.Leave();
            Interlocked.Decrement(ref followers);
        }
    }

    /// <inheritdoc/>
    public void Committed(BookKey book)
    {
        if (feeds.TryGetValue(book, out var feed)) feed.Wake();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var feed in feeds.Values) feed.Dispose();
    }

    internal Task<T> ReadAsync<T>(BookKey book, Func<BookDepth, T> read, CancellationToken cancellationToken) =>
        Of(book).ReadAsync(read, cancellationToken);

    private BookFeed Of(BookKey book) => feeds.GetOrAdd(book, make);
}
