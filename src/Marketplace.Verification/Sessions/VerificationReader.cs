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

    /// <summary>A machine's sessions that have ended, passed or not, newest first.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<VerificationSession>> ListEndedAsync(MachineId machine, int most, CancellationToken cancellationToken)
    {
        // Ids sort by time; the newest are the last.
        var ended = new Queue<VerificationSession>();
        await foreach (var entity in store.ReadRangeAsync(VerificationRows.Of(machine), VerificationRows.Sessions, cancellationToken))
        {
            var session = MarketplaceJson.Deserialize<VerificationSession>(entity.Body);
            if (session.State is not (SessionState.Passed or SessionState.Failed)) continue;
            ended.Enqueue(session);
            if (ended.Count > most) ended.Dequeue();
        }

        return [.. ended.Reverse()];
    }

    /// <summary>A published certificate with the evidence that its proof is replayed from, or null.</summary>
    public async Task<PublishedCertificate?> FindAsync(CertificateId id, CancellationToken cancellationToken)
    {
        if (await ReadAsync<Certificate>(VerificationRows.Of(id), VerificationRows.Certificate, cancellationToken) is not { } certificate) return null;
        var evidence = new List<PartEvidence>();
        for (var part = 0; ; part++)
        {
            var row = VerificationRows.Evidence(certificate.VerificationId, part);
            if (await ReadAsync<PartEvidence>(VerificationRows.Of(certificate.MachineId), row, cancellationToken) is not { } shown) break;
            evidence.Add(shown);
        }

        return new PublishedCertificate(certificate, evidence);
    }

    private async Task<T?> ReadAsync<T>(PartitionId partition, string rowKey, CancellationToken cancellationToken)
        where T : class =>
        await store.ReadAsync(partition, rowKey, cancellationToken) is { } entity ? MarketplaceJson.Deserialize<T>(entity.Body) : null;
}
