using NodaTime;

namespace Marketplace.Billing.RateUsage;

/// <summary>The part of a charge that falls into one hour: evidence on the invoice, not a rounding of its own.</summary>
/// <param name="Hour">The hour.</param>
/// <param name="Used">GPU-seconds billed in it.</param>
/// <param name="Amount">Its part of the charge.</param>
public sealed record HourShare(HourSlot Hour, GpuTime Used, Money Amount);

/// <summary>What one usage record costs, and who gets what of it.</summary>
/// <param name="UsageId">The usage record; one charge each.</param>
/// <param name="LeaseId">The lease.</param>
/// <param name="Buyer">Who pays.</param>
/// <param name="Provider">Who is paid.</param>
/// <param name="Price">The agreed price.</param>
/// <param name="Used">GPU-seconds billed.</param>
/// <param name="Amount">What the time costs, before tax.</param>
/// <param name="Fee">The platform's part of the amount.</param>
/// <param name="Tax">Tax on top of the amount.</param>
/// <param name="FeePlan">The plan that the fee comes from.</param>
/// <param name="TaxPlan">The plan that the tax comes from.</param>
/// <param name="Hours">The amount by hour; empty when nothing was used.</param>
/// <param name="From">The first billed instant.</param>
/// <param name="To">The instant after the last billed one.</param>
/// <param name="Period">The month in whose books and on whose invoice it is: that of metering, or the open one if that was closed.</param>
/// <param name="ChargePeriod">The month in which the use began.</param>
/// <param name="IsCorrection">Whether it adds to a month that was closed before.</param>
/// <param name="EntryId">The ledger entry that records it; an entry of zero is not recorded.</param>
/// <param name="RatedAt">When it was rated.</param>
/// <param name="InvoiceId">The invoice it is on; null while unbilled.</param>
/// <param name="PayoutId">The payout it is in; null while unpaid.</param>
public sealed record Charge(
    UsageId UsageId,
    LeaseId LeaseId,
    OrganisationId Buyer,
    OrganisationId Provider,
    UnitPrice Price,
    GpuTime Used,
    Money Amount,
    Money Fee,
    Money Tax,
    string FeePlan,
    string TaxPlan,
    IReadOnlyList<HourShare> Hours,
    Instant From,
    Instant To,
    BillingPeriod Period,
    BillingPeriod ChargePeriod,
    bool IsCorrection,
    EntryId EntryId,
    Instant RatedAt,
    InvoiceId? InvoiceId = null,
    PayoutId? PayoutId = null)
{
    /// <summary>What the buyer owes: amount and tax.</summary>
    public Money Total() => Amount + Tax;

    /// <summary>What the provider gets: the amount less the fee.</summary>
    public Money ProviderShare() => Amount - Fee;

    /// <summary>Who has what of the total.</summary>
    public ChargeParts Parts() => new(ProviderShare(), Fee, Tax);
}
