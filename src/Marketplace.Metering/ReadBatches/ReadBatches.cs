using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;

namespace Marketplace.Metering;

/// <summary>A batch and the buyer's countersignature of it, if there is one.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Countersignature">The buyer's; null for none.</param>
public sealed record CountersignedBatch(ReadingBatch Batch, Countersignature? Countersignature);

/// <summary>Some batches of a lease, with its terms, which say who may see them.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Batches">In order.</param>
/// <param name="IsEnd">Whether no more follow.</param>
public sealed record BatchPage(MeteredLease Lease, IReadOnlyList<CountersignedBatch> Batches, bool IsEnd);

/// <summary>Reads a lease's batches, such as a buyer's side does before it countersigns.</summary>
public sealed class ReadBatches(Workspace workspace)
{
    /// <summary>Batches in order, or null for a lease that has never been ready.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="after">The number of the last batch of the page before; 0 for the first page.</param>
    /// <param name="limit">The most batches, 1 or more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<BatchPage?> ReadAsync(LeaseId lease, long after, int limit, CancellationToken cancellationToken)
    {
        var partition = MeteringRows.Of(lease);
        if (await workspace.Store.ReadAsync(partition, MeteringRows.State, cancellationToken) is not { } state) return null;
        var batches = new List<CountersignedBatch>();
        var isEnd = true;
        await foreach (var row in workspace.Store.ReadRangeAsync(partition, MeteringRows.Batches.After(MeteringRows.Batch(after)), cancellationToken))
        {
            isEnd = batches.Count < limit;
            if (!isEnd) break;
            var batch = ReadingBatch.OfRow(row.Body);
            var signed = await workspace.Store.ReadAsync(partition, MeteringRows.Countersignature(batch.Number), cancellationToken);
            batches.Add(new CountersignedBatch(batch, signed is null ? null : MarketplaceJson.Deserialize<Countersignature>(signed.Body)));
        }

        return new BatchPage(MarketplaceJson.Deserialize<MeteringState>(state.Body).Lease, batches, isEnd);
    }

    /// <summary>All countersignatures of a lease by the number of their batch.</summary>
    internal static async Task<Dictionary<long, Countersignature>> LoadCountersignaturesAsync(PartitionWork work, CancellationToken cancellationToken)
    {
        var found = new Dictionary<long, Countersignature>();
        await foreach (var (_, signed) in work.ReadRangeAsync<Countersignature>(MeteringRows.Countersigned, cancellationToken)) found[signed.Batch] = signed;
        return found;
    }
}
