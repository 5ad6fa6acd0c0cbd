using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Metering;

/// <summary>
/// Closes the usage of a stopped lease and keeps the evidence. Readings that come after that are billed by a further record, for
/// the seconds that no record has billed.
/// </summary>
internal sealed class FinaliseUsageHandler(Workspace workspace, TimeProvider time, IIdSource ids, MeteringOptions options)
    : IMessageHandler<FinaliseUsage>
{
    private const int SegmentsPerRow = 4000;

    /// <inheritdoc/>
    public Task HandleAsync(FinaliseUsage message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(MeteringRows.Of(message.LeaseId), context, async work =>
        {
            var state = await work.ReadAsync<MeteringState>(MeteringRows.State, cancellationToken);
            InvariantException.Require(state?.Lease.Stopped is not null, $"Usage of lease {message.LeaseId} was closed while it ran.");
            var known = await LeaseUsage.LoadAsync(work, cancellationToken);
            var recorded = await LeaseUsage.LoadRecordedAsync(work, cancellationToken);
            var gapGraceSeconds = (long)options.GapGrace.TotalSeconds;
            var usage = BilledUsage.Of(state.Lease, known.Readings(), recorded, gapGraceSeconds);
            var metered = Metered(state.Lease.Ready, usage, time.Now());
            var record = new UsageRecord(state.Records + 1, metered, state.Batches, state.LastBatchHash, gapGraceSeconds, time.Now());

            work.Put(MeteringRows.State, state with { Records = record.Number, IsClosing = false });
            work.Put(MeteringRows.Record(record.Number), record);
            foreach (var (part, chunk) in UsageSegments.Joined(usage.Segments).Chunk(SegmentsPerRow).Index())
            {
                work.Put(MeteringRows.Segments(record.Number, part), chunk);
            }

            if (metered is not null) work.Send(metered);
        }, cancellationToken);

    /// <summary>What is sent to be rated; null where there is nothing to bill.</summary>
    private UsageMetered? Metered(LeaseReady lease, BilledUsage usage, Instant now)
    {
        var billed = usage.Segments.Where(s => s.Billed > GpuTime.Zero).ToList();
        return billed.Count == 0 ? null : new UsageMetered(
            ids.Next<UsageKind>(), lease.LeaseId, lease.Buyer, lease.Provider, lease.Price,
            usage.Hours, usage.Total, billed[0].From, billed[^1].To, now);
    }
}
