using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Trading.Book;
using Marketplace.Trading.OperateBook;
using Marketplace.Trading.UpdateBid;

namespace Marketplace.Trading.PlaceBid;

/// <summary>A bid as a buyer asks for it.</summary>
public sealed record PlaceBidCommand(BookKey Book, BidTerms Terms);

/// <summary>
/// Accepts a bid: it is pending and on its way to the book when this returns. What becomes of it comes back as
/// <see cref="BidUpdated"/>.
/// </summary>
public sealed class PlaceBid(Workspace workspace, ICatalogue catalogue, BookConditions conditions, IBuyerCredit credit, IIdSource ids, TimeProvider time)
{
    /// <summary>Places a bid under the caller's key, which is also its client order id.</summary>
    public async Task<Attempt<Bid, PlaceBidRefusal>> ExecuteAsync(
        OrganisationId buyer, PlaceBidCommand request, IdempotencyKey key, CancellationToken cancellationToken)
    {
        var bidId = ids.Next<BidKind>();
        var attempt = await workspace.AttemptAsync<PlaceBidCommand, Bid, PlaceBidRefusal>(
            TradingPartitions.Bids(buyer), key, request, work => DecideAsync(work, buyer, bidId, request, cancellationToken), cancellationToken);
        TradingMetrics.Record(request.Book, attempt);
        return attempt;
    }

    private async Task<Result<Bid, PlaceBidRefusal>> DecideAsync(
        PartitionWork work, OrganisationId buyer, BidId bidId, PlaceBidCommand request, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var (book, terms) = request;
        if (PlaceBidRules.Check(book, terms, catalogue, now) is { } refusal) return refusal;
        var condition = await conditions.ReadAsync(book, cancellationToken);
        if (condition.IsHalted) return PlaceBidRefusal.BookHalted;
        if (condition.IsOutsideBand(terms)) return PlaceBidRefusal.LimitOutsideBand;
        if (!await credit.CoversAsync(buyer, PlaceBidRules.MostOf(terms, catalogue.FindModel(book.Model)!), cancellationToken)) return PlaceBidRefusal.CreditExceeded;

        var bid = new Bid(bidId, buyer, book, terms, BidStatus.Pending, null, 0, CancellationRequested: false, now, now, Sequence: 0);
        work.Put(BidRows.Key(bidId), bid);
        work.Send(new SubmitBid(bidId, buyer, book, terms));
        if (terms.MayRest && terms.RestsUntil > now) work.Send(new ExpireBidsOfBook(book), dueAt: terms.RestsUntil);
        return bid;
    }
}
