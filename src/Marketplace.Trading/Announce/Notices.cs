using Marketplace.Contracts;
using Marketplace.Trading.Book;
using Marketplace.Trading.ReadMarket;
using Marketplace.Trading.UpdateBid;
using NodaTime;

namespace Marketplace.Trading.Announce;

/// <summary>What somebody has to be told.</summary>
internal abstract record Notice
{
    public sealed record Traded(TradeExecuted Trade, TapeTrade OnTape) : Notice;

    public sealed record BidChanged(BidUpdated Update) : Notice;

    public sealed record ResaleEnded(ResaleClosed Resale) : Notice;
}

/// <summary>What a batch means to others. The same batch gives the same notices in the same order.</summary>
internal static class Notices
{
    /// <summary>Whether a batch has anything to tell.</summary>
    public static bool HasAny(BookBatch batch) =>
        batch.FirstSequence == 1
        || batch.Events.Any(e => e is BidEntered or BidTraded or BidReplaced or BidEnded or AskClosed { ResoldLease: not null });

    public static IReadOnlyList<Notice> Of(BookKey book, BookBatch batch)
    {
        var notices = new List<Notice>();
        var updates = new Dictionary<BidId, BidUpdated>();
        var trades = new Dictionary<BidId, List<BidTrade>>();
        var replaced = new Dictionary<BidId, BidTerms>();
        var sequence = batch.FirstSequence;
        foreach (var @event in batch.Events)
        {
            switch (@event)
            {
                case BidEntered e:
                    updates[e.BidId] = Update(e.BidId, e.Buyer, BidStatus.Resting, null, 0);
                    break;
                case BidTraded e:
                    notices.Add(Trade(book, e, sequence, batch.At));
                    if (!trades.TryGetValue(e.BidId, out var bought)) trades.Add(e.BidId, bought = []);
                    bought.Add(new BidTrade(e.TradeId, LeaseOf(e.TradeId), e.ListingId, e.GpuCount, e.Window, e.Price, batch.At));
                    updates[e.BidId] = Update(
                        e.BidId, e.Buyer, e.OpenGpuCount == 0 ? BidStatus.Filled : BidStatus.PartiallyFilled, null, e.FilledGpuCount);
                    break;
                case BidReplaced e:
                    replaced[e.BidId] = e.Terms;
                    updates[e.BidId] = Update(e.BidId, e.Buyer, e.FilledGpuCount == 0 ? BidStatus.Resting : BidStatus.PartiallyFilled, null, e.FilledGpuCount);
                    break;
                case BidEnded e:
                    var status = e.Ending == BidEnding.Cancelled ? BidStatus.Cancelled : BidStatus.Expired;
                    updates[e.BidId] = Update(e.BidId, e.Buyer, status, e.Ending, e.FilledGpuCount);
                    break;
                case AskClosed { ResoldLease: { } lease } e:
                    notices.Add(new Notice.ResaleEnded(new ResaleClosed(lease, e.ListingId, e.Trades, e.ClosedAt)));
                    break;
            }

            sequence++;
        }

        notices.AddRange(updates.Values.OrderBy(u => u.BidId).Select(
            update => new Notice.BidChanged(update with
            {
                Trades = trades.TryGetValue(update.BidId, out var bought) ? bought : [],
                Replaced = replaced.GetValueOrDefault(update.BidId),
            })));
        return notices;

        BidUpdated Update(BidId bid, OrganisationId buyer, BidStatus status, BidEnding? ending, int filled) =>
            new(bid, buyer, batch.LastSequence, status, ending, filled, [], batch.At);
    }

    /// <summary>A trade and its lease share the part of the id after the prefix.</summary>
    public static LeaseId LeaseOf(TradeId trade) => LeaseId.From(trade.Ulid);

    private static Notice.Traded Trade(BookKey book, BidTraded e, long sequence, Instant at) => new(
        new TradeExecuted(
            e.TradeId, LeaseOf(e.TradeId), book, e.BidId, e.Buyer, e.ListingId, e.Provider, e.MachineId, e.GpuCount, e.Window, e.Price, e.Proven, at,
            e.ResoldLease),
        TapeTrade.Of(e, sequence, at));
}
