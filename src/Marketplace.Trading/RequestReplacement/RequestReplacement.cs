using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Trading.OperateBook;
using Marketplace.Trading.PlaceBid;
using Marketplace.Trading.UpdateBid;

namespace Marketplace.Trading.RequestReplacement;

/// <summary>
/// Asks for a bid to be replaced. It stays as it is until its book says what became of that, in <see cref="BidUpdated"/>. One
/// replacement at a time is under way, so that none can overtake another.
/// </summary>
public sealed class RequestReplacement(Workspace workspace, ICatalogue catalogue, BookConditions conditions, IBuyerCredit credit, TimeProvider time)
{
    /// <summary>Requests the replacement. Answers with the bid as it stands.</summary>
    public Task<Attempt<Bid, RequestReplacementRefusal>> ExecuteAsync(
        OrganisationId buyer, RequestReplacementCommand command, IdempotencyKey key, CancellationToken cancellationToken) =>
        workspace.AttemptAsync<RequestReplacementCommand, Bid, RequestReplacementRefusal>(
            TradingPartitions.Bids(buyer), key, command, work => DecideAsync(work, command, cancellationToken), cancellationToken);

    private async Task<Result<Bid, RequestReplacementRefusal>> DecideAsync(
        PartitionWork work, RequestReplacementCommand command, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var row = BidRows.Key(command.BidId);
        var bid = await work.ReadAsync<Bid>(row, cancellationToken);
        if (!ReplacementRules.Decide(bid, command, catalogue, now).TryGet(out var terms, out var refusal)) return refusal;
        var condition = await conditions.ReadAsync(bid!.Book, cancellationToken);
        if (condition.IsHalted) return RequestReplacementRefusal.BookHalted;
        if (condition.IsOutsideBand(terms)) return RequestReplacementRefusal.LimitOutsideBand;
        var most = PlaceBidRules.MostOf(terms with { GpuCount = terms.GpuCount - bid.FilledGpuCount }, catalogue.FindModel(bid.Book.Model)!);
        if (!await credit.CoversAsync(bid.Buyer, most, cancellationToken)) return RequestReplacementRefusal.CreditExceeded;

        bid = bid with { Replacement = new BidReplacement(terms, ReplacementStatus.Pending, now) };
        work.Put(row, bid);

        // On the way to the book a replacement could overtake its bid: it waits until the bid is known to be there.
        if (bid.Status != BidStatus.Pending) work.Send(ReplaceInBook.Of(bid));
        if (terms.RestsUntil > now) work.Send(new ExpireBidsOfBook(bid.Book), dueAt: terms.RestsUntil);
        return bid;
    }
}

/// <summary>Command: change a bid in its book.</summary>
/// <param name="Book">The book.</param>
/// <param name="BidId">The bid.</param>
/// <param name="Terms">What it is to want.</param>
public sealed record ReplaceInBook(BookKey Book, BidId BidId, Book.BidTerms Terms) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.replace-in-book.v1";

    internal static ReplaceInBook Of(Bid bid) => new(bid.Book, bid.BidId, bid.Replacement!.Terms);
}
