using System.Runtime.CompilerServices;
using Marketplace.Contracts;
using Marketplace.Runtime.Work;

namespace Marketplace.Metering;

/// <summary>Works the usage records of a month out again, one lease at a time.</summary>
internal sealed class AuditUsage(IUsageRecords records, Workspace workspace) : IUsageAudit
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<UsageAudit> AuditAsync(BillingPeriod period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LeaseId? last = null;
        var ofLease = new Dictionary<UsageId, RecomputedRecord>();
        await foreach (var record in records.ListAsync(period, cancellationToken))
        {
            if (record.LeaseId != last) (last, ofLease) = (record.LeaseId, await RecomputeAsync(record.LeaseId, cancellationToken));
            yield return ofLease.TryGetValue(record.UsageId, out var found)
                ? new UsageAudit(record, found.Usage.Total, found.Usage.Hours, found.IsChainWhole)
                : new UsageAudit(record, GpuTime.Zero, [], IsChainWhole: false);
        }
    }

    private async Task<Dictionary<UsageId, RecomputedRecord>> RecomputeAsync(LeaseId lease, CancellationToken cancellationToken)
    {
        var work = workspace.Open(MeteringRows.Of(lease));
        if (await work.ReadAsync<MeteringState>(MeteringRows.State, cancellationToken) is not { } state) return [];
        try
        {
            var recomputed = RecomputedUsage.Of(state.Lease, await LeaseUsage.LoadAsync(work, cancellationToken));
            return recomputed.Where(r => r.Record.Metered is not null).ToDictionary(r => r.Record.Metered!.UsageId);
        }
        catch (FormatException)
        {
            // A batch that cannot be read any more is not the one that was signed: the lease's records do not hold, those of others may.
            return [];
        }
    }
}
