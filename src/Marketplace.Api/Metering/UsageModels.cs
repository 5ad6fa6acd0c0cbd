using Marketplace.Api.Auth;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Metering;

namespace Marketplace.Api.Metering;

/// <summary>Metering's records as they go over the wire.</summary>
internal static class UsageModels
{
    /// <summary>A lease's metering is its buyer's, its provider's and finance's to see.</summary>
    public static bool MaySee(this Caller caller, MeteredLease lease) =>
        caller.Has(Scopes.FinanceRead) || caller.OrganisationId == lease.Ready.Buyer || caller.OrganisationId == lease.Ready.Provider;

    public static ReadingBatchModel ToModel(ReadingBatch batch) => new(
        batch.Number, batch.Hash, [.. batch.Readings.Select(r => new ReadingOutcomeModel(r.Reading.Sequence, WireForms.Name(r.Outcome)))]);

    public static UsageModel ToModel(UsageReport report) => new(
        report.Lease.Ready.LeaseId.ToString(),
        WireForms.Name(report.Status),
        report.Lease.Ready.ReadyAt.ToWire(),
        report.Lease.Stopped?.StoppedAt.ToWire(),
        report.Lease.Stopped?.CreditedFrom?.ToWire(),
        report.Lease.Ready.GpuCount,
        report.Lease.Ready.Price.ToModel(),
        report.Total.GpuSeconds,
        [.. report.Hours.Select(h => new HourUsageModel(h.Hour.ToString(), h.Used.GpuSeconds))],
        [.. report.Segments.Select(s => new UsageSegmentModel(
            s.From.ToWire(), s.To.ToWire(), WireForms.Name(s.Rule), s.FirstSequence, s.LastSequence, s.Billed.GpuSeconds))],
        [.. report.Conflicts.Select(c => new ReadingConflictModel(ToModel(c.Kept), ToModel(c.Refused), c.RefusedBatch))],
        report.Outcomes.ToDictionary(o => WireForms.Name(o.Key), o => o.Value),
        [.. report.Records.Select(r => new UsageRecordModel(
            r.UsageId.ToString(), r.Total.GpuSeconds, r.ChargedFrom.ToWire(), r.ChargedTo.ToWire(), r.MeteredAt.ToWire()))]);

    public static ReadingModel ToModel(SignedReading reading) =>
        new(reading.Sequence, reading.From, reading.To, reading.GpuSeconds, reading.State);
}
