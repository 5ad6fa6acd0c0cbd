using Marketplace.Trading.Book;
using NodaTime;

namespace Marketplace.Trading.QuoteJob;

/// <summary>Finds where a job could run: the best placement of each book, and which of them come first.</summary>
internal static class JobQuotes
{
    /// <summary>The best placement in a book, or null if the job does not fit in it. The book does not change.</summary>
    /// <param name="book">The book.</param>
    /// <param name="needs">What the job needs.</param>
    /// <param name="buyer">Whose listings are to be passed over; null for nobody's.</param>
    /// <param name="boardPowerW">Power of a board of the book's class; 0 where unknown.</param>
    /// <param name="now">When.</param>
    public static JobPlacement? BestIn(OrderBook book, JobNeeds needs, OrganisationId? buyer, int boardPowerW, Instant now)
    {
        return needs.RankBy switch
        {
            QuoteRanking.Cost => Quote(needs.ToTerms()),
            QuoteRanking.Start => Starts(needs, now).Select(start => Quote(At(needs, start))).FirstOrDefault(placement => placement is not null),
            QuoteRanking.Carbon => LeastCarbon(book, needs.ToTerms(), Quote),
            _ => throw new InvariantException($"Jobs are not ranked by {needs.RankBy}."),
        };

        JobPlacement? Quote(BidTerms terms)
        {
            if (book.Quote(terms, buyer, now) is not { } quote) return null;
            var placement = JobPlacement.Of(book, quote, boardPowerW);
            return needs.Budget is { } budget && placement.Total > budget ? null : placement;
        }
    }

    /// <summary>The placements in the order that is asked for.</summary>
    public static IEnumerable<JobPlacement> Rank(IEnumerable<JobPlacement> placements, QuoteRanking by) => (by switch
    {
        QuoteRanking.Cost => placements.OrderBy(placement => placement.Total).ThenBy(placement => placement.Window.From),
        QuoteRanking.Start => placements.OrderBy(placement => placement.Window.From).ThenBy(placement => placement.Total),
        QuoteRanking.Carbon => placements
            .OrderBy(placement => placement.CarbonGrams ?? long.MaxValue)
            .ThenBy(placement => placement.GridCarbonGramsPerKWh ?? decimal.MaxValue)
            .ThenBy(placement => placement.Total),
        _ => throw new InvariantException($"Jobs are not ranked by {by}."),
    }).ThenBy(placement => placement.Book.ToString(), StringComparer.Ordinal);

    private static IEnumerable<HourSlot> Starts(JobNeeds needs, Instant now)
    {
        var running = HourSlot.Containing(now);
        for (var start = needs.Window.From > running ? needs.Window.From : running; start + needs.Hours <= needs.Window.To; start += 1) yield return start;
    }

    private static BidTerms At(JobNeeds needs, HourSlot start) =>
        needs.ToTerms() with { Window = HourWindow.Starting(start, needs.Hours), FlexibleHours = null };

    // The least carbon that suffices is searched among what listings state: what fits under a low cap fits under a higher one too.
    private static JobPlacement? LeastCarbon(OrderBook book, BidTerms terms, Func<BidTerms, JobPlacement?> quote)
    {
        var best = quote(terms);
        if (best is null) return null;
        var highest = terms.Requirements.MaxGridCarbonGramsPerKWh ?? int.MaxValue;
        int[] caps = [.. book.Asks.Select(ask => ask.Terms.GridCarbonGramsPerKWh).OfType<int>().Where(carbon => carbon <= highest).Distinct().Order()];
        var (low, high) = (0, caps.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (quote(terms with { Requirements = terms.Requirements with { MaxGridCarbonGramsPerKWh = caps[middle] } }) is { } placement)
            {
                (best, high) = (placement, middle);
            }
            else
            {
                low = middle + 1;
            }
        }

        return best;
    }
}
