using Marketplace.Trading.Book.Matching;
using Marketplace.Trading.Book.Memory;
using NodaTime;

namespace Marketplace.Trading.Book;

/// <summary>A listing that is offered, to be looked at until the next command.</summary>
public readonly struct AskView
{
    private readonly BookMemory memory;
    private readonly int index;

    internal AskView(BookMemory memory, int index) => (this.memory, this.index) = (memory, index);

    /// <summary>What it offers.</summary>
    public AskTerms Terms => memory.AskDetails(index).Terms;

    /// <summary>GPUs that are free in every one of some hours; 0 where an hour is not offered.</summary>
    public int FreeIn(HourWindow window) => memory.FreeIn(index, window.From.Index, window.Hours);

    /// <summary>GPUs that are free in an hour.</summary>
    public int FreeIn(HourSlot hour) => memory.FreeIn(index, hour.Index, 1);
}

/// <summary>A bid that waits.</summary>
/// <param name="BidId">The bid.</param>
/// <param name="Buyer">Whose it is.</param>
/// <param name="Terms">What it wants.</param>
/// <param name="OpenGpuCount">GPUs that it still wants.</param>
/// <param name="Hours">The hours that it wants; null for a flexible bid that nothing has settled yet.</param>
/// <param name="BoundTo">The listing that the rest must come from; null for any.</param>
/// <param name="BoundProvider">The provider that the rest must come from; null for any.</param>
public sealed record BidView(
    BidId BidId, OrganisationId Buyer, BidTerms Terms, int OpenGpuCount, HourWindow? Hours, ListingId? BoundTo, OrganisationId? BoundProvider);

/// <summary>What a bid that comes in would buy now.</summary>
/// <param name="Window">The hours.</param>
/// <param name="Fills">From which listings, in the order of execution; at least one.</param>
public sealed record BookQuote(HourWindow Window, IReadOnlyList<QuotedFill> Fills);

/// <summary>GPUs of a listing in a quote.</summary>
/// <param name="Ask">The listing.</param>
/// <param name="GpuCount">How many GPUs, in every hour.</param>
/// <param name="Price">The block price per GPU-hour.</param>
public sealed record QuotedFill(AskTerms Ask, int GpuCount, UnitPrice Price);

/// <content>What can be read of a book.</content>
public sealed partial class OrderBook
{
    /// <summary>Listings that are offered, sold out or not, in no order.</summary>
    public IEnumerable<AskView> Asks
    {
        get
        {
            for (var i = 0; i < memory.AskTop; i++)
            {
                if (memory.Ask(i).IsOpen) yield return new AskView(memory, i);
            }
        }
    }

    /// <summary>Bids that wait, in no order.</summary>
    public IEnumerable<BidView> Bids
    {
        get
        {
            for (var i = 0; i < memory.BidTop; i++)
            {
                if (memory.Bid(i).IsUsed) yield return ViewOf(i);
            }
        }
    }

    /// <summary>A bid that waits, or null.</summary>
    public BidView? Find(BidId id) => memory.FindBid(id) is var bid && bid >= 0 ? ViewOf(bid) : null;

    /// <summary>What a bid would buy if it came in now, or null. Nothing changes.</summary>
    /// <param name="terms">What it wants. Post-only and the price band are not looked at.</param>
    /// <param name="buyer">Whose listings are to be passed over; null for nobody's.</param>
    /// <param name="at">When.</param>
    public BookQuote? Quote(BidTerms terms, OrganisationId? buyer, Instant at)
    {
        Begin(at);
        if (memory.IsHalted || terms.LastStart.Index < hour) return null;
        var probe = memory.AddProbe(terms, buyer ?? default);
        matcher.Find(probe, hour, OwnAsks.PassOver, arrivingAsk: BidSlot.None);
        memory.RemoveProbe(probe);
        if (matcher.Fills.Count == 0) return null;
        var window = HourWindow.Starting(HourSlot.OfIndex(matcher.Start), terms.Hours);
        return new BookQuote(
            window,
            [.. matcher.Fills.Select(fill => new QuotedFill(memory.AskDetails(fill.Ask).Terms, fill.GpuCount, UnitPrice.OfMicros(fill.Micros, terms.Limit.Currency)))]);
    }

    private BidView ViewOf(int index)
    {
        ref var bid = ref memory.Bid(index);
        ref var details = ref memory.BidDetails(index);
        return new BidView(
            BidId.From(bid.Id),
            details.Buyer,
            details.Terms,
            bid.Open,
            bid.Start == BidSlot.None ? null : HourWindow.Starting(HourSlot.OfIndex(bid.Start), bid.Hours),
            details.BoundAsk == BidSlot.None ? null : memory.AskDetails(details.BoundAsk).Terms.ListingId,
            details.BoundProvider.IsUnset ? null : details.BoundProvider);
    }
}
