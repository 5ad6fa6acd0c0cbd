using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Billing.Credit;

/// <summary>What is set aside for the lease of a trade, on the buyer's receivable. How much of it is left, the ledger knows.</summary>
/// <param name="LeaseId">The lease.</param>
/// <param name="TradeId">The trade.</param>
/// <param name="HoldId">The hold in the ledger.</param>
/// <param name="Amount">What was set aside: the most that the lease can cost, tax included.</param>
/// <param name="Buyer">Whose.</param>
/// <param name="PlacedAt">When it counts.</param>
/// <param name="IsReleased">Whether the rest was released, because the lease's usage is final.</param>
public sealed record TradeHold(LeaseId LeaseId, TradeId TradeId, EntryId HoldId, Money Amount, OrganisationId Buyer, Instant PlacedAt, bool IsReleased = false)
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
    public PostHeld Capture(RecordEntry charge) => new(
        charge.EntryId, HoldId, charge.Currency, charge.Reason, charge.Reference, charge.BookedAt, charge.Postings, ReleasesRest: false, PostsAnyway: true);

    /// <summary>What releases the rest.</summary>
    public VoidHeld Release(EntryId entryId, Instant now) => new(entryId, HoldId, Amount.Currency, LeaseId.ToString(), now, IfOpen: true);
}

/// <summary>Command: release what is left of a lease's hold, because its usage is final.</summary>
/// <param name="Buyer">The buyer.</param>
/// <param name="LeaseId">The lease.</param>
public sealed record ReleaseTradeHold(OrganisationId Buyer, LeaseId LeaseId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.release-trade-hold.v1";
}
