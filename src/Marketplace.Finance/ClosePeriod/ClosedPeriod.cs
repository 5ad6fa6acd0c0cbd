using NodaTime;

namespace Marketplace.Finance;

/// <summary>A month that is closed, for good.</summary>
/// <param name="Period">The month.</param>
/// <param name="ClosedAt">When it was closed.</param>
/// <param name="ClosedBy">Who closed it.</param>
public sealed record ClosedPeriod(BillingPeriod Period, Instant ClosedAt, string ClosedBy);
