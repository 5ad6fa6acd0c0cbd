namespace Marketplace.Trading.Book;

/// <content>Between the engine's changes and the events that are stored.</content>
public sealed partial class OrderBook
{
    /// <summary>Folds what was decided before.</summary>
    public void Apply(BookBatch batch)
    {
        InvariantException.Require(batch.FirstSequence == memory.Sequence + 1, $"{Key} at {memory.Sequence} was given events from {batch.FirstSequence}.");
        memory.Begin();
        foreach (var @event in batch.Events) Fold(@event, batch);
        memory.Settle();
    }

    private void Fold(BookEvent @event, BookBatch batch)
    {
        var at = batch.At;
        switch (@event)
        {
            case BidEntered e: memory.EnterBid(e.BidId, e.Buyer, e.Terms, at); break;
            case BidTraded e: memory.Trade(FindBid(e.BidId), FindAsk(e.ListingId), e.GpuCount, e.Window.From.Index, e.Price.MicrosPerGpuHour, at); break;
            case BidEnded e: memory.EndBid(FindBid(e.BidId), at); break;
            case AskOpened e: memory.OpenAsk(memory.FindAsk(e.Ask.ListingId), e.Ask, e.ActivatedAt, at); break;
            case AskClosed e: memory.CloseAsk(e.ListingId, e.ClosedAt, at); break;
            case HoursGivenBack e: memory.GiveBack(e.TradeId, e.GpuCount, e.Window, at); break;
            case BidReplaced e: memory.ReplaceBid(FindBid(e.BidId), e.Terms, e.KeepsPriority, at); break;
            case BookHalted: memory.Halt(at); break;
            case BookResumed: memory.Resume(at); break;
            case PriceBandSet e: memory.SetBand(e.Ratio, at); break;
            default: throw new InvariantException($"A book does not know the event {@event.GetType().Name}.");
        }
    }

    private int FindBid(BidId id)
    {
        var bid = memory.FindBid(id);
        InvariantException.Require(bid >= 0, "An event tells of a bid that is not in the book.");
        return bid;
    }

    private int FindAsk(ListingId id)
    {
        var ask = memory.FindAsk(id);
        InvariantException.Require(ask >= 0, "An event tells of a listing that is not in the book.");
        return ask;
    }

    private BookEvent ToEvent(in BookChange change, long sequence)
    {
        switch (change.Kind)
        {
            case ChangeKind.Other:
                return change.Event!;
            case ChangeKind.AskOpened:
                ref var opened = ref memory.AskDetails(change.Ask);
                return new AskOpened(opened.Terms, opened.ActivatedAt);
        }

        ref var bid = ref memory.BidDetails(change.Bid);
        var id = BidId.From(memory.Bid(change.Bid).Id);
        if (change.Kind == ChangeKind.BidEntered) return new BidEntered(id, bid.Buyer, bid.Terms);
        if (change.Kind == ChangeKind.BidEnded) return new BidEnded(id, bid.Buyer, change.Ending, change.Filled);

        var ask = memory.AskDetails(change.Ask).Terms;
        return new BidTraded(
            numbers.Of(now, sequence),
            id,
            bid.Buyer,
            ask.ListingId,
            ask.Provider,
            ask.MachineId,
            change.GpuCount,
            HourWindow.Starting(HourSlot.OfIndex(change.From), memory.Bid(change.Bid).Hours),
            UnitPrice.OfMicros(change.Micros, ask.Price.Currency),
            ask.Proven,
            change.Filled,
            change.Open,
            ask.ResoldLease);
    }
}
