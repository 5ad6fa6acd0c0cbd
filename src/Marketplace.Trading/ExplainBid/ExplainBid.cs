using Marketplace.Runtime.Time;
using Marketplace.Trading.ReadBids;
using Marketplace.Trading.ReadMarket;
using Marketplace.Trading.UpdateBid;

namespace Marketplace.Trading.ExplainBid;

/// <summary>Why a bid is not explained, in order of precedence.</summary>
public enum ExplainBidRefusal
{
    /// <summary>The buyer has no such bid.</summary>
    UnknownBid,

    /// <summary>It is filled, cancelled or expired.</summary>
    BidIsOver,
}

/// <summary>Says why a bid has not bought what it still wants: what of the book's capacity each of its constraints excludes.</summary>
public sealed class ExplainBid
{
    private readonly BidQueries bids;
    private readonly BookSearches books;
    private readonly TimeProvider time;

    internal ExplainBid(BidQueries bids, BookSearches books, TimeProvider time) => (this.bids, this.books, this.time) = (bids, books, time);

    /// <summary>Explains one of the buyer's bids by its book as it is now.</summary>
    public async Task<Result<ExplainedBid, ExplainBidRefusal>> ExecuteAsync(OrganisationId buyer, BidId bidId, CancellationToken cancellationToken)
    {
        if (await bids.FindAsync(buyer, bidId, cancellationToken) is not { } read) return ExplainBidRefusal.UnknownBid;
        var bid = read.Bid;
        if (bid.IsOver) return ExplainBidRefusal.BidIsOver;
        var explanation = await books.ReadAsync(
            bid.Book,
            book =>
            {
                // The book may have news of the bid that the buyer's side does not have yet.
                var waiting = book.Find(bidId);
                if (waiting is null && bid.Status != BidStatus.Pending) return null;
                return Explanations.Of(book, waiting is null ? SoughtBlock.Of(bid.Terms, buyer) : SoughtBlock.Of(waiting), time.Now());
            },
            cancellationToken);
        return explanation is null ? ExplainBidRefusal.BidIsOver : new ExplainedBid(bid, explanation);
    }
}
