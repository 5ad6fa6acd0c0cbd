using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Metering;

/// <summary>Registers, lists and revokes the keys with which buyers countersign.</summary>
public sealed class CountersigningKeys(Workspace workspace, TimeProvider time, IIdSource ids)
{
    /// <summary>Registers a key.</summary>
    /// <param name="buyer">Whose key.</param>
    /// <param name="lease">The one lease that it may countersign for; null for any of the buyer's.</param>
    /// <param name="publicKey">ECDSA P-256 SubjectPublicKeyInfo, DER.</param>
    /// <param name="idempotencyKey">The caller's name for this request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Attempt<CountersigningKey, RegisterKeyRefusal>> RegisterAsync(
        OrganisationId buyer, LeaseId? lease, byte[] publicKey, IdempotencyKey idempotencyKey, CancellationToken cancellationToken) =>
        workspace.AttemptAsync<string, CountersigningKey, RegisterKeyRefusal>(
            MeteringRows.Of(buyer),
            idempotencyKey,
            $"{lease} {Convert.ToBase64String(publicKey)}",
            async work =>
            {
                if (lease is { } one && await workspace.FindLeaseAsync(buyer, one, cancellationToken) is null) return RegisterKeyRefusal.LeaseUnknown;
                if (!P256PublicKey.IsValid(publicKey)) return RegisterKeyRefusal.PublicKeyInvalid;
                var key = new CountersigningKey(ids.Next<CountersigningKeyKind>(), buyer, lease, publicKey, time.Now(), null);
                work.Put(MeteringRows.Key(key.Id), key);
                return key;
            },
            cancellationToken);

    /// <summary>Revokes a key: it countersigns nothing any more. Revoking again changes nothing.</summary>
    public async Task<Result<CountersigningKey, RevokeKeyRefusal>> RevokeAsync(
        OrganisationId buyer, CountersigningKeyId id, CancellationToken cancellationToken)
    {
        // A name of its own for every try: a key that is revoked is seen by its row.
        var attempt = await workspace.AttemptAsync<string, CountersigningKey, RevokeKeyRefusal>(
            MeteringRows.Of(buyer),
            IdempotencyKey.Of($"revoke:{ids.Next()}"),
            id.ToString(),
            async work =>
            {
                var key = await work.ReadAsync<CountersigningKey>(MeteringRows.Key(id), cancellationToken);
                if (key is null) return RevokeKeyRefusal.KeyUnknown;
                if (key.RevokedAt is not null) return key;
                var revoked = key with { RevokedAt = time.Now() };
                work.Put(MeteringRows.Key(id), revoked);
                return revoked;
            },
            cancellationToken);
        return attempt.Result;
    }

    /// <summary>A buyer's keys, oldest first, revoked ones too.</summary>
    /// <param name="buyer">Whose.</param>
    /// <param name="after">The last key of the part before; null for the first part.</param>
    /// <param name="limit">The most keys, 1 or more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<CountersigningKey>> ListAsync(
        OrganisationId buyer, CountersigningKeyId? after, int limit, CancellationToken cancellationToken)
    {
        var range = after is { } last ? MeteringRows.Keys.After(MeteringRows.Key(last)) : MeteringRows.Keys;
        var keys = new List<CountersigningKey>();
        await foreach (var row in workspace.Store.ReadRangeAsync(MeteringRows.Of(buyer), range, cancellationToken))
        {
            keys.Add(MarketplaceJson.Deserialize<CountersigningKey>(row.Body));
            if (keys.Count == limit) break;
        }

        return keys;
    }
}
