using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Metering;

/// <summary>Command: bill what the readings of a stopped lease show and no earlier record has billed.</summary>
/// <param name="LeaseId">The lease.</param>
internal sealed record FinaliseUsage(LeaseId LeaseId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "metering.finalise-usage.v1";
}

/// <summary>What was closed, and from what. Its segments are rows beside it.</summary>
/// <param name="Number">1 for the first; later ones bill readings that came late.</param>
/// <param name="Metered">What was sent to be rated; null where there was nothing to bill.</param>
/// <param name="Batches">The batches that were known.</param>
/// <param name="LastBatchHash">The last of them, which fixes all.</param>
/// <param name="GapGraceSeconds">The gap rule that was applied.</param>
/// <param name="ClosedAt">When.</param>
internal sealed record UsageRecord(
    int Number, UsageMetered? Metered, long Batches, string LastBatchHash, long GapGraceSeconds, Instant ClosedAt);
