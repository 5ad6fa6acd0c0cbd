using Marketplace.Trading.Book;
using NodaTime;

namespace Marketplace.Trading.ExplainBid;

/// <summary>What a bid still wants.</summary>
/// <param name="Terms">Its terms.</param>
/// <param name="Buyer">Who wants it.</param>
/// <param name="OpenGpuCount">GPUs that it still wants.</param>
/// <param name="Settled">The hours, if they are settled; null for any in the window.</param>
/// <param name="BoundTo">The listing that the rest must come from; null for any.</param>
/// <param name="BoundProvider">The provider that the rest must come from; null for any.</param>
public sealed record SoughtBlock(
    BidTerms Terms, OrganisationId Buyer, int OpenGpuCount, HourWindow? Settled, ListingId? BoundTo, OrganisationId? BoundProvider)
{
    /// <summary>The fewest GPUs that an execution takes.</summary>
    public int LeastGpuCount => IsBlock ? OpenGpuCount : Math.Min(Terms.MinimumGpuCount, OpenGpuCount);

    /// <summary>Whether it is all or none, so that its limit counts on average.</summary>
    public bool IsBlock => Terms.FillRule == FillRule.AllOrNone;

    /// <summary>What a waiting bid still wants.</summary>
    public static SoughtBlock Of(BidView bid) => new(bid.Terms, bid.Buyer, bid.OpenGpuCount, bid.Hours, bid.BoundTo, bid.BoundProvider);

    /// <summary>What a bid wants that is on its way.</summary>
    public static SoughtBlock Of(BidTerms terms, OrganisationId buyer) =>
        new(terms, buyer, terms.GpuCount, terms.FlexibleHours is null ? terms.Window : null, null, null);

    /// <summary>The hours that it could buy if it came in now, the earliest first; the first that it ever could if none is left.</summary>
    public IEnumerable<HourWindow> Choices(Instant now)
    {
        if (Settled is { } settled) return [settled];
        var earliest = HourSlot.Containing(now);
        var first = Terms.Window.From > earliest ? Terms.Window.From : earliest;
        var starts = Math.Max(1, Terms.LastStart - first + 1);
        if (first > Terms.LastStart) first = Terms.LastStart;
        return Enumerable.Range(0, starts).Select(hours => HourWindow.Starting(first + hours, Terms.Hours));
    }
}
