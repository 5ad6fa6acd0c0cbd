using Marketplace.Contracts;
using Marketplace.Trading.Book;
using Marketplace.Trading.ReadMarket;

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

/// <summary>Reads the condition of books, as it is committed now. The book itself has the last word when an order gets there.</summary>
public sealed class BookConditions : IPriceBands
{
    private readonly BookViews views;

    internal BookConditions(BookViews views) => this.views = views;

    /// <summary>The condition of a book; one that nobody has used trades at any price.</summary>
    public Task<BookCondition> ReadAsync(BookKey book, CancellationToken cancellationToken) => views.ReadAsync(book, Of, cancellationToken);

    /// <inheritdoc/>
    public async Task<PriceRange?> FindAsync(BookKey book, Currency currency, CancellationToken cancellationToken) =>
        (await ReadAsync(book, cancellationToken)).BandFor(currency);

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
}
