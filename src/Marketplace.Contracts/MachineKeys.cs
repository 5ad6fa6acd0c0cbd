namespace Marketplace.Contracts;

/// <summary>The key that is enrolled for a machine.</summary>
/// <param name="Id">The enrolment: the token's key id.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="Provider">Whose machine it is.</param>
/// <param name="PublicKey">ECDSA P-256 SubjectPublicKeyInfo, DER.</param>
/// <param name="IsRevoked">A revoked key signs nothing any more.</param>
public sealed record MachineKey(EnrolmentId Id, MachineId MachineId, OrganisationId Provider, byte[] PublicKey, bool IsRevoked);

/// <summary>Looks up enrolled keys: who a machine's token or signature comes from.</summary>
public interface IMachineKeys
{
    /// <summary>The key of an enrolment, or null if it is unknown or its code was not used yet.</summary>
    ValueTask<MachineKey?> FindAsync(EnrolmentId id, CancellationToken cancellationToken);
}
