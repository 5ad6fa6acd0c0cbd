using Marketplace.Runtime;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Metering;

/// <summary>
/// Takes a buyer's countersignature of a batch: evidence that the buyer's side saw the same readings. It bills nothing and stops
/// nothing; a batch without one counts all the same.
/// </summary>
public sealed class CountersignBatch(Workspace workspace, TimeProvider time)
{
    /// <summary>Keeps a countersignature. The same key again is answered with its first signature.</summary>
    /// <param name="buyer">Who countersigns.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="batchHash">The batch's hash.</param>
    /// <param name="keyId">A registered key.</param>
    /// <param name="signature">Over <see cref="ReadingBatchFormat.ToCountersignedBytes"/>, as <see cref="ReadingBatchFormat.Sign"/> gives it.</param>
    /// <param name="idempotencyKey">The caller's name for this request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Attempt<Countersignature, CountersignRefusal>> CountersignAsync(
        OrganisationId buyer,
        LeaseId lease,
        string batchHash,
        CountersigningKeyId keyId,
        string signature,
        IdempotencyKey idempotencyKey,
        CancellationToken cancellationToken) =>
        workspace.AttemptAsync<string, Countersignature, CountersignRefusal>(
            MeteringRows.Of(lease),
            idempotencyKey,
            $"{buyer} {batchHash} {keyId} {signature}",
            async work =>
            {
                if (await workspace.FindLeaseAsync(buyer, lease, cancellationToken) is null) return CountersignRefusal.LeaseUnknown;
                if (!ReadingBatchFormat.IsHash(batchHash)) return CountersignRefusal.BatchUnknown;
                if (await work.ReadAsync<AcceptedBatch>(MeteringRows.BatchOf(batchHash), cancellationToken) is not { } batch) return CountersignRefusal.BatchUnknown;
                if (await FindKeyAsync(buyer, keyId, cancellationToken) is not { } key || !key.MaySign(lease)) return CountersignRefusal.KeyUnknown;
                if (!ReadingBatchFormat.Verify(ReadingBatchFormat.ToCountersignedBytes(batchHash), signature, key.PublicKey)) return CountersignRefusal.SignatureInvalid;

                var row = MeteringRows.Countersignature(batch.Number);
                if (await work.ReadAsync<Countersignature>(row, cancellationToken) is { } known)
                {
                    return known.KeyId == keyId ? known : CountersignRefusal.AlreadyCountersigned;
                }

                var countersignature = new Countersignature(batch.Number, keyId, key.PublicKey, signature, time.Now());
                work.Put(row, countersignature);
                return countersignature;
            },
            cancellationToken);

    private async Task<CountersigningKey?> FindKeyAsync(OrganisationId buyer, CountersigningKeyId id, CancellationToken cancellationToken) =>
        await workspace.Store.ReadAsync(MeteringRows.Of(buyer), MeteringRows.Key(id), cancellationToken) is { } row
            ? MarketplaceJson.Deserialize<CountersigningKey>(row.Body)
            : null;
}

/// <summary>Finds leases for their parties.</summary>
internal static class LeaseParties
{
    /// <summary>A lease of a buyer that has become ready, or null.</summary>
    public static async Task<MeteredLease?> FindLeaseAsync(
        this Workspace workspace, OrganisationId buyer, LeaseId lease, CancellationToken cancellationToken) =>
        await workspace.Store.ReadAsync(MeteringRows.Of(lease), MeteringRows.State, cancellationToken) is { } row
            && MarketplaceJson.Deserialize<MeteringState>(row.Body).Lease is var found && found.Ready.Buyer == buyer
            ? found
            : null;
}
