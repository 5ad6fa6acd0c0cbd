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
            var lease = await work.ReadAsync<MeteredLease>(MeteringRows.Terms, cancellationToken);
            var head = await work.ReadAsync<MeteringHead>(MeteringRows.Head, cancellationToken);
            InvariantException.Require(lease?.Stopped is not null && head is not null, $"Usage of lease {message.LeaseId} was closed while it ran.");
            var state = await LeaseUsage.LoadAsync(work, cancellationToken);
            var (record, segments) = Close(lease, head, state, time.Now());

            work.Put(MeteringRows.Head, head with { Records = record.Number, IsClosing = false });
            work.Put(MeteringRows.Record(record.Number), record);
            foreach (var (part, chunk) in segments.Chunk(SegmentsPerRow).Index())
            {
                work.Put(MeteringRows.Segments(record.Number, part), chunk);
            }

            if (record.Metered is { } metered) work.Send(metered);
        }, cancellationToken);

    private (UsageRecord Record, IReadOnlyList<UsageSegment> Segments) Close(MeteredLease lease, MeteringHead head, LeaseUsage state, Instant now)
    {
        var gapGraceSeconds = (long)options.GapGrace.TotalSeconds;
        var cutter = new UsageSegments(state.Readings);
        var segments = cutter.Without(BillableTime.Segments(lease.Span, state.Readings.Values, gapGraceSeconds), state.Recorded);
        var billed = segments.Where(s => s.Billed > GpuTime.Zero).ToList();
        var total = GpuTime.OfGpuSeconds(billed.Sum(s => s.Billed.GpuSeconds));
        var hours = cutter.ByHour(billed);
        InvariantException.Require(total.GpuSeconds == hours.Sum(h => h.Used.GpuSeconds), "The hours of a usage record do not add up to it.");
        foreach (var hour in hours)
        {
            InvariantException.Require(
                hour.Used <= GpuTime.OfGpuHours(lease.Ready.GpuCount, 1), $"{hour} of lease {lease.Ready.LeaseId} is above the leased GPUs.");
        }

        var metered = billed.Count == 0 ? null : new UsageMetered(
            ids.Next<UsageKind>(), lease.Ready.LeaseId, lease.Ready.Buyer, lease.Ready.Provider, lease.Ready.Price,
            hours, total, billed[0].From, billed[^1].To, now);
        var record = new UsageRecord(head.Records + 1, metered, head.Batches, head.LastBatchHash, gapGraceSeconds, now);
        return (record, UsageSegments.Joined(segments));
    }
}
