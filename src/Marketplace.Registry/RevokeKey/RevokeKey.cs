using Marketplace.Registry.Enrolments;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.RevokeKey;

/// <summary>Command: void an enrolment, its codes and its key.</summary>
/// <param name="Provider">Whose machine.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="EnrolmentId">The enrolment.</param>
public sealed record RevokeKey(OrganisationId Provider, MachineId MachineId, EnrolmentId EnrolmentId);

/// <summary>Why nothing is revoked.</summary>
public enum RevokeKeyRefusal
{
    /// <summary>The provider has no such machine, or the machine no such enrolment.</summary>
    EnrolmentUnknown,
}

/// <summary>Revokes keys. Revoking again changes nothing.</summary>
public sealed class RevokeKeyHandler(Workspace workspace, IIdSource ids, TimeProvider time)
{
    /// <summary>Revokes a key.</summary>
    public async Task<Result<MachineEnrolment, RevokeKeyRefusal>> ExecuteAsync(RevokeKey command, CancellationToken cancellationToken)
    {
        var revoked = await workspace.AttemptAsync<string, MachineEnrolment, RevokeKeyRefusal>(
            RegistryRows.Of(command.EnrolmentId),
            IdempotencyKey.Of($"revoke:{ids.Next()}"),
            "revoke",
            work => RevokeAsync(command, work, cancellationToken),
            cancellationToken);
        if (!revoked.Result.IsAccepted) return revoked.Result;

        // The list forgets it after the record says so: a crash between leaves a revoked enrolment in the list, never a live one out of it.
        await workspace.AttemptAsync<string, string, RevokeKeyRefusal>(
            RegistryRows.Of(command.Provider),
            IdempotencyKey.Of($"revoke:{ids.Next()}"),
            "revoke",
            work => ForgetAsync(command, work, cancellationToken),
            cancellationToken);
        return revoked.Result;
    }

    private async Task<Result<MachineEnrolment, RevokeKeyRefusal>> RevokeAsync(RevokeKey command, PartitionWork work, CancellationToken cancellationToken)
    {
        var enrolment = await work.ReadAsync<MachineEnrolment>(RegistryRows.Enrolment, cancellationToken);
        if (enrolment is null || enrolment.Provider != command.Provider || enrolment.MachineId != command.MachineId) return RevokeKeyRefusal.EnrolmentUnknown;
        if (enrolment.RevokedAt is not null) return enrolment;
        var revoked = enrolment with { RevokedAt = time.Now() };
        work.Put(RegistryRows.Enrolment, revoked);
        return revoked;
    }

    private static async Task<Result<string, RevokeKeyRefusal>> ForgetAsync(RevokeKey command, PartitionWork work, CancellationToken cancellationToken)
    {
        var row = RegistryRows.EnrolmentOf(command.MachineId, command.EnrolmentId);
        if (await work.ReadAsync<EnrolmentEntry>(row, cancellationToken) is not null) work.Delete(row);
        return "";
    }
}
