using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Billing.RateUsage;

/// <summary>From metered use to a charge and its ledger entry.</summary>
public static class Rating
{
    /// <summary>
    /// Rates a usage record. The record as a whole is rounded, once, by <see cref="UnitPrice.Cost"/>; its hours, the fee and the tax
    /// are splits of that, so that parts always add up.
    /// </summary>
    /// <param name="usage">The usage record.</param>
    /// <param name="fee">The provider's plan.</param>
    /// <param name="tax">The buyer's plan.</param>
    /// <param name="closed">Those of the record's months that are closed: what comes late is a correction in the open month.</param>
    /// <param name="entryId">Its ledger entry.</param>
    /// <param name="now">Now.</param>
    public static Charge Rate(
        UsageMetered usage, RatePlan fee, RatePlan tax, IReadOnlySet<BillingPeriod> closed, EntryId entryId, Instant now)
    {
        var hours = usage.Hours.Aggregate(GpuTime.Zero, (sum, hour) => sum + hour.Used);
        InvariantException.Require(hours == usage.Total, $"The hours of {usage.UsageId} are {hours}, its total {usage.Total}.");
        var amount = usage.Price.Cost(usage.Total);
        var (used, metered) = MonthsOf(usage);
        return new Charge(
            usage.UsageId,
            usage.LeaseId,
            usage.Buyer,
            usage.Provider,
            usage.Price,
            usage.Total,
            amount,
            Part(amount, fee.BasisPoints),
            Part(amount, tax.BasisPoints),
            fee.Id,
            tax.Id,
            ByHour(usage, amount),
            usage.ChargedFrom,
            usage.ChargedTo,
            closed.Contains(metered) ? BillingPeriod.Containing(now) : metered,
            used,
            closed.Count > 0,
            entryId,
            now);
    }

    /// <summary>The months that a record touches: in which its use began, and in which it was metered.</summary>
    public static (BillingPeriod Used, BillingPeriod Metered) MonthsOf(UsageMetered usage) =>
        (BillingPeriod.Containing(usage.ChargedFrom), BillingPeriod.Containing(usage.MeteredAt));

    /// <summary>The entry of a charge, booked when the usage was metered, or now if that month is closed: the buyer owes, provider, platform and state are owed.</summary>
    public static RecordEntry Entry(Charge charge, Instant meteredAt)
    {
        var bookedAt = BillingPeriod.Containing(meteredAt) == charge.Period ? meteredAt : charge.RatedAt;
        var postings = new List<Posting> { new(new Account(AccountKind.BuyerReceivable, charge.Buyer), charge.Total()) };
        Credit(postings, new Account(AccountKind.ProviderPayable, charge.Provider), charge.ProviderShare());
        Credit(postings, new Account(AccountKind.PlatformRevenue, null), charge.Fee);
        Credit(postings, new Account(AccountKind.Tax, null), charge.Tax);
        return new RecordEntry(
            charge.EntryId, charge.Amount.Currency, EntryReason.UsageCharged, charge.UsageId.ToString(), bookedAt, postings);
    }

    private static Money Part(Money amount, int basisPoints) =>
        amount.Split([basisPoints, RatePlans.Whole - basisPoints])[0];

    private static HourShare[] ByHour(UsageMetered usage, Money amount)
    {
        if (usage.Total == GpuTime.Zero) return [];
        long[] weights = [.. usage.Hours.Select(hour => hour.Used.GpuSeconds)];
        return [.. usage.Hours.Zip(amount.Split(weights), (hour, part) => new HourShare(hour.Hour, hour.Used, part))];
    }

    private static void Credit(List<Posting> postings, Account account, Money amount)
    {
        if (!amount.IsZero) postings.Add(new Posting(account, -amount));
    }
}
