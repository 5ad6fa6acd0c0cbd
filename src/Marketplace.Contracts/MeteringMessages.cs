using NodaTime;

namespace Marketplace.Contracts;

/// <summary>Billable use within one hour slot.</summary>
/// <param name="Hour">The hour.</param>
/// <param name="Used">GPU-seconds billed in it, at most the leased GPUs times 3,600.</param>
public sealed record HourUsage(HourSlot Hour, GpuTime Used);

/// <summary>Metered use of a lease, final for the seconds it covers. A second is billed in one record only.</summary>
/// <param name="UsageId">The record.</param>
/// <param name="LeaseId">The lease.</param>
/// <param name="Buyer">Who pays.</param>
/// <param name="Provider">Who is paid.</param>
/// <param name="Price">The agreed price.</param>
/// <param name="Hours">The use by hour, in order; at least one.</param>
/// <param name="Total">The sum of the hours.</param>
/// <param name="ChargedFrom">The first billed instant.</param>
/// <param name="ChargedTo">The instant after the last billed one.</param>
/// <param name="MeteredAt">When the record was made.</param>
public sealed record UsageMetered(
    UsageId UsageId,
    LeaseId LeaseId,
    OrganisationId Buyer,
    OrganisationId Provider,
    UnitPrice Price,
    IReadOnlyList<HourUsage> Hours,
    GpuTime Total,
    Instant ChargedFrom,
    Instant ChargedTo,
    Instant MeteredAt) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "metering.usage-metered.v1";
}

/// <summary>Reads usage records back, for reconciliation.</summary>
public interface IUsageRecords
{
    /// <summary>The records whose <see cref="UsageMetered.MeteredAt"/> is in the period, oldest first.</summary>
    IAsyncEnumerable<UsageMetered> ListAsync(BillingPeriod period, CancellationToken cancellationToken);
}
