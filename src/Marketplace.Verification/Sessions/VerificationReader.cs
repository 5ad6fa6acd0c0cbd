using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Verification.Certificates;

namespace Marketplace.Verification.Sessions;

/// <summary>Reads sessions and certificates. What belongs to another machine or provider is simply not there.</summary>
public sealed class VerificationReader(IPartitionStore store)
{
    /// <summary>A machine's sessions that have not ended, oldest first.</summary>
    public async Task<IReadOnlyList<VerificationSession>> ListOpenAsync(MachineId machine, CancellationToken cancellationToken)
    {
        var sessions = new List<VerificationSession>();
        await foreach (var entity in store.ReadRangeAsync(VerificationRows.Of(machine), VerificationRows.Open, cancellationToken))
        {
            var marker = MarketplaceJson.Deserialize<OpenMarker>(entity.Body);
            if (await FindAsync(machine, marker.Id, cancellationToken) is { HasEnded: false } session) sessions.Add(session);
        }

        return sessions;
    }

    /// <summary>A machine's session, or null.</summary>
    public Task<VerificationSession?> FindAsync(MachineId machine, VerificationId id, CancellationToken cancellationToken) =>
        ReadAsync<VerificationSession>(VerificationRows.Of(machine), VerificationRows.Session(id), cancellationToken);

    /// <summary>A provider's session, or null.</summary>
    public async Task<VerificationSession?> FindAsync(OrganisationId provider, VerificationId id, CancellationToken cancellationToken) =>
        await ReadAsync<SessionIndex>(VerificationRows.Of(provider), VerificationRows.Index(id), cancellationToken) is { } index
            ? await FindAsync(index.MachineId, id, cancellationToken)
            : null;

    /// <summary>A published certificate, or null.</summary>
    public Task<Certificate?> FindAsync(CertificateId id, CancellationToken cancellationToken) =>
        ReadAsync<Certificate>(VerificationRows.Of(id), VerificationRows.Certificate, cancellationToken);

    private async Task<T?> ReadAsync<T>(PartitionId partition, string rowKey, CancellationToken cancellationToken)
        where T : class =>
        await store.ReadAsync(partition, rowKey, cancellationToken) is { } entity ? MarketplaceJson.Deserialize<T>(entity.Body) : null;
}
