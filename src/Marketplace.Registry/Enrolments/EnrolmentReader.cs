using Marketplace.Contracts;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;

namespace Marketplace.Registry.Enrolments;

/// <summary>Reads enrolments and the keys that came of them.</summary>
public sealed class EnrolmentReader(IPartitionStore store, TimeProvider time) : IMachineKeys
{
    /// <inheritdoc/>
    public async ValueTask<MachineKey?> FindAsync(EnrolmentId id, CancellationToken cancellationToken) =>
        await ReadAsync(id, cancellationToken) is { PublicKey: { } key } enrolment
            ? new MachineKey(
                enrolment.Id,
                enrolment.MachineId,
                enrolment.Provider,
                key,
                IsRevoked: enrolment.RevokedAt is not null,
                IsRetired: enrolment.StatusAt(time.Now()) == EnrolmentStatus.Retired)
            : null;

    /// <summary>The enrolments of a machine that are not revoked, newest first. Of keys that it went over from, the last.</summary>
    public async Task<IReadOnlyList<MachineEnrolment>> ListAsync(OrganisationId provider, MachineId machine, CancellationToken cancellationToken)
    {
        var enrolments = new List<MachineEnrolment>();
        await foreach (var row in store.ReadRangeAsync(RegistryRows.Of(provider), RegistryRows.Enrolments(machine), cancellationToken))
        {
            var entry = Runtime.MarketplaceJson.Deserialize<EnrolmentEntry>(row.Body);
            if (await ReadAsync(entry.Id, cancellationToken) is { RevokedAt: null } enrolment) enrolments.Add(enrolment);
        }

        return enrolments;
    }

    /// <summary>Whether a key signs for the machine now.</summary>
    public async Task<bool> HasKeyAsync(OrganisationId provider, MachineId machine, CancellationToken cancellationToken) =>
        (await ListAsync(provider, machine, cancellationToken)).Any(enrolment => enrolment.SignsAt(time.Now()));

    private Task<MachineEnrolment?> ReadAsync(EnrolmentId id, CancellationToken cancellationToken) =>
        store.ReadRowAsync<MachineEnrolment>(RegistryRows.Of(id), RegistryRows.Enrolment, cancellationToken);
}
