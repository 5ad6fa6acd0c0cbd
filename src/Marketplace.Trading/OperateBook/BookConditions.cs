using System.Collections.Concurrent;
using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Trading.Book;
using Marketplace.Trading.ReadMarket;
using NodaTime;

namespace Marketplace.Trading.OperateBook;

/// <summary>Whether and at which prices a book trades.</summary>
/// <param name="Book">The book.</param>
/// <param name="Sequence">The number of its last event.</param>
/// <param name="OpenListings">Listings offered.</param>
/// <param name="WaitingBids">Bids that wait.</param>
/// <param name="IsHalted">Whether it takes cancellations only.</param>
/// <param name="BandRatio">How far from the reference price a limit may be; null for any.</param>
/// <param name="Prices">Reference prices and bands, one for each currency that was traded in.</param>
public sealed record BookCondition(
    BookKey Book, long Sequence, int OpenListings, int WaitingBids, bool IsHalted, decimal? BandRatio, IReadOnlyList<BookPrices> Prices)
{
    /// <summary>Which prices it takes in a currency; null for any.</summary>
    public PriceRange? BandFor(Currency currency) => Prices.FirstOrDefault(price => price.Reference.Currency == currency)?.Band;

    /// <summary>Whether a bid's limit is outside the band; a limit per PFLOP-hour has none.</summary>
    public bool IsOutsideBand(BidTerms terms) =>
        terms.PriceBasis == PriceBasis.GpuHour && BandFor(terms.Limit.Currency) is { } band && !band.Contains(terms.Limit);
}

/// <summary>Prices of a book in a currency.</summary>
/// <param name="Reference">The volume-weighted mean of the trades in the 24 hours up to the hour of the last one.</param>
/// <param name="Band">Which prices it takes; null for any.</param>
public sealed record BookPrices(UnitPrice Reference, PriceRange? Band);

/// <summary>
/// Reads the condition of books. What this process commits counts at once; what others commit, a second later at most. The book itself
/// has the last word when an order gets there.
/// </summary>
public sealed class BookConditions : IPriceBands, IBookListener
{
    private static readonly Duration MaxAge = Duration.FromSeconds(1);
    private readonly ConcurrentDictionary<BookKey, Kept> books = [];
    private readonly BookViews views;
    private readonly TimeProvider time;

    internal BookConditions(BookViews views, TimeProvider time) => (this.views, this.time) = (views, time);

    /// <summary>The condition of a book; one that nobody has used trades at any price.</summary>
    public async Task<BookCondition> ReadAsync(BookKey book, CancellationToken cancellationToken)
    {
        var kept = books.GetOrAdd(book, _ => new Kept());
        if (kept.Fresh(time.Now()) is { } known) return known;

        // Of those who come at once one reads for all.
        await kept.Gate.WaitAsync(cancellationToken);
        try
        {
            var now = time.Now();
            if (kept.Fresh(now) is { } read) return read;
            var commits = kept.Commits;
            var condition = await views.ReadAsync(book, Of, cancellationToken);
            kept.Keep(new Reading(condition, commits, now));
            return condition;
        }
        finally
        {
            kept.Gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<PriceRange?> FindAsync(BookKey book, Currency currency, CancellationToken cancellationToken) =>
        (await ReadAsync(book, cancellationToken)).BandFor(currency);

    /// <inheritdoc/>
    public void Committed(BookKey book)
    {
        if (books.TryGetValue(book, out var kept)) kept.Outdate();
    }

    private static BookCondition Of(OrderBook book) => new(
        book.Key,
        book.Sequence,
        book.OpenAsks,
        book.WaitingBids,
        book.IsHalted,
        book.Memory.BandRatio,
        [.. Currency.Known.Where(currency => book.ReferenceFor(currency) is not null).Select(currency => PricesOf(book, currency))]);

    private static BookPrices PricesOf(OrderBook book, Currency currency) => new(
        book.ReferenceFor(currency)!.Value,
        book.BandFor(currency) is { } band ? new PriceRange(band.Lowest, band.Highest, band.Reference) : null);

    /// <summary>A condition, when it was read, and how many commits were known of before.</summary>
    private sealed record Reading(BookCondition Condition, long Commits, Instant At);

    private sealed class Kept
    {
        private long commits;
        private volatile Reading? last;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        public long Commits => Interlocked.Read(ref commits);

        public void Outdate() => Interlocked.Increment(ref commits);

        public void Keep(Reading reading) => last = reading;

        public BookCondition? Fresh(Instant now) =>
            last is { } reading && reading.Commits == Commits && now >= reading.At && now - reading.At < MaxAge ? reading.Condition : null;
    }
}
