using Marketplace.Billing.Terms;
using Marketplace.Contracts;

namespace Marketplace.Billing.Credit;

/// <summary>What is set aside for the lease of a trade, on the buyer's receivable: the ledger has the hold, this is how much of it is left.</summary>
/// <param name="LeaseId">The lease.</param>
/// <param name="TradeId">The trade.</param>
/// <param name="HoldId">The hold in the ledger.</param>
/// <param name="Amount">What was set aside: the most that the lease can cost, tax included.</param>
/// <param name="Left">What no usage has captured; zero once it is released.</param>
public sealed record TradeHold(LeaseId LeaseId, TradeId TradeId, EntryId HoldId, Money Amount, Money Left)
{
    /// <summary>The most that a trade can cost: all GPUs in all hours of its window, and tax by a plan.</summary>
    public static Money MostOf(TradeExecuted trade, RatePlan tax)
    {
        var cost = trade.Price.Cost(GpuTime.OfGpuHours(trade.GpuCount, trade.Window.Hours));
        return cost + Tax(cost, tax);
    }

    /// <summary>The tax on a cost.</summary>
    public static Money Tax(Money cost, RatePlan tax) => cost.Split([tax.BasisPoints, RatePlans.Whole - tax.BasisPoints])[0];

    /// <summary>
    /// A charge captures what it costs, at most what is left. What the hold does not cover, because it was released or the tax has risen, is
    /// owed all the same: the whole charge is posted and invoiced.
    /// </summary>
    /// <param name="charge">The charge's entry, which debits the receivable by what it costs.</param>
    /// <param name="total">What it costs.</param>
    public (TradeHold Hold, PostHeld Posting) Capture(RecordEntry charge, Money total) => (
        this with { Left = total < Left ? Left - total : Money.Zero(Left.Currency) },
        new PostHeld(
            charge.EntryId, HoldId, charge.Currency, charge.Reason, charge.Reference, charge.BookedAt, charge.Postings, ReleasesRest: false, PostsAnyway: true));

    /// <summary>Nothing is left, and the ledger is told so.</summary>
    public (TradeHold Hold, VoidHeld Release) Release(EntryId entryId, NodaTime.Instant now) => (
        this with { Left = Money.Zero(Left.Currency) },
        new VoidHeld(entryId, HoldId, Amount.Currency, LeaseId.ToString(), now, IfOpen: true));
}

/// <summary>Command: release what is left of a lease's hold, because its usage is final.</summary>
/// <param name="Buyer">The buyer.</param>
/// <param name="LeaseId">The lease.</param>
public sealed record ReleaseTradeHold(OrganisationId Buyer, LeaseId LeaseId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.release-trade-hold.v1";
}
