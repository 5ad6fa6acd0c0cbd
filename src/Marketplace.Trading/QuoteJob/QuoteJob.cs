using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Trading.ReadMarket;

namespace Marketplace.Trading.QuoteJob;

/// <summary>The answer to a job.</summary>
/// <param name="Placements">Where it could run now, the best of each order book, ranked.</param>
/// <param name="SearchedBooks">Order books that were looked at.</param>
public sealed record JobQuote(IReadOnlyList<JobPlacement> Placements, int SearchedBooks);

/// <summary>The dispatch service: says where and when a job could run and at what price, over all order books. Reserves nothing.</summary>
public sealed class QuoteJob
{
    private readonly IPartitionStore store;
    private readonly BookSearches books;
    private readonly ICatalogue catalogue;
    private readonly TimeProvider time;

    internal QuoteJob(IPartitionStore store, BookSearches books, ICatalogue catalogue, TimeProvider time) =>
        (this.store, this.books, this.catalogue, this.time) = (store, books, catalogue, time);

    /// <summary>Quotes a job.</summary>
    /// <param name="needs">What it needs.</param>
    /// <param name="buyer">Whose own listings are passed over; null for nobody's.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public async Task<Result<JobQuote, QuoteJobRefusal>> ExecuteAsync(JobNeeds needs, OrganisationId? buyer, CancellationToken cancellationToken)
    {
        var now = time.Now();
        if (QuoteJobRules.Check(needs, catalogue, now) is { } refusal) return refusal;
        var found = new List<JobPlacement>();
        var searched = 0;
        await foreach (var row in store.ReadRangeAsync(TradingPartitions.Markets, RowRange.StartingWith(MarketRow.Prefix), cancellationToken))
        {
            var key = MarketplaceJson.Deserialize<MarketRow>(row.Body).Book;
            if (!needs.Allows(key)) continue;
            searched++;
            var boardPowerW = catalogue.FindModel(key.Model)?.BoardPowerW ?? 0;
            var best = await books.ReadAsync(key, book => JobQuotes.BestIn(book, needs, buyer, boardPowerW, now), cancellationToken);
            if (best is not null) found.Add(best);
        }

        return new JobQuote([.. JobQuotes.Rank(found, needs.RankBy).Take(needs.MaxPlacements)], searched);
    }
}
