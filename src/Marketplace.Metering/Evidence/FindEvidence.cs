using Marketplace.Contracts;
using Marketplace.Runtime.Work;

namespace Marketplace.Metering;

/// <summary>Gathers what a usage record was made from, and works it out again.</summary>
internal sealed class FindEvidence(Workspace workspace, IMachineKeys keys) : IUsageEvidence
{
    /// <inheritdoc/>
    public async Task<UsageEvidence?> FindAsync(LeaseId lease, UsageId usage, CancellationToken cancellationToken)
    {
        var work = workspace.Open(MeteringRows.Of(lease));
        if (await work.ReadAsync<MeteringState>(MeteringRows.State, cancellationToken) is not { Lease: var terms }) return null;
        var state = await LeaseUsage.LoadAsync(work, cancellationToken);
        if (RecomputedUsage.Of(terms, state).FirstOrDefault(r => r.Record.Metered?.UsageId == usage) is not { } found) return null;

        var known = state.Batches.Where(b => b.Number <= found.Record.Batches).ToList();
        var batches = new List<EvidenceBatch>(known.Count);
        var countersigned = await ReadBatches.LoadCountersignaturesAsync(work, cancellationToken);
        foreach (var batch in known) batches.Add(await ShowAsync(lease, batch, countersigned.GetValueOrDefault(batch.Number), cancellationToken));
        return new UsageEvidence(
            found.Record.Metered!,
            terms.Ready.GpuCount,
            terms.Ready.ReadyAt,
            terms.Stopped!.StoppedAt,
            terms.Stopped.CreditedFrom,
            found.Record.GapGraceSeconds,
            found.Usage.Total,
            found.Usage.Segments,
            batches,
            [.. known.SelectMany(b => b.Readings.Select(r => new EvidenceReading(b.Number, r.Reading, r.Outcome)))]);
    }

    private async Task<EvidenceBatch> ShowAsync(
        LeaseId lease, ReadingBatch batch, Countersignature? countersignature, CancellationToken cancellationToken)
    {
        // A key that was revoked since has signed all the same.
        var key = await keys.FindAsync(batch.MachineKeyId, cancellationToken);
        var isValid = key is not null && batch.IsAsSigned(lease) && batch.IsSignedBy(key.PublicKey);
        return new EvidenceBatch(
            batch.Number, batch.Hash, batch.PreviousBatchHash, batch.MachineKeyId, batch.Signature, isValid, batch.ReceivedAt, countersignature?.Show(batch));
    }
}
