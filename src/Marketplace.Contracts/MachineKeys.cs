namespace Marketplace.Contracts;

/// <summary>The key that is enrolled for a machine.</summary>
/// <param name="Id">The enrolment: the token's key id.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="Provider">Whose machine it is.</param>
/// <param name="PublicKey">ECDSA P-256 SubjectPublicKeyInfo, DER. It verifies for ever what the key signed while it might.</param>
/// <param name="IsRevoked">Nobody trusts the key any more.</param>
/// <param name="IsRetired">The machine has gone over to another key, and the time for both is over.</param>
public sealed record MachineKey(
    EnrolmentId Id, MachineId MachineId, OrganisationId Provider, byte[] PublicKey, bool IsRevoked, bool IsRetired = false)
{
    /// <summary>Whether what it signs now counts. What it signed before is judged by the time at which it came.</summary>
    public bool MaySign => !IsRevoked && !IsRetired;
}

/// <summary>Looks up enrolled keys: who a machine's token or signature comes from.</summary>
public interface IMachineKeys
{
    /// <summary>The key of an enrolment, or null if it is unknown or its code was not used yet.</summary>
    ValueTask<MachineKey?> FindAsync(EnrolmentId id, CancellationToken cancellationToken);
}
