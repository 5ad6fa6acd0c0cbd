using Marketplace.Registry.Enrolments;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Registry.RevokeKey;

/// <summary>Command: void an enrolment, its codes and its key, and every key that it signed into its place.</summary>
/// <param name="Caller">Whose machine it must be; null for an operator.</param>
/// <param name="EnrolmentId">The enrolment.</param>
/// <param name="Reason">Why, for whoever looks at it later; 1 to 500 characters.</param>
/// <param name="MachineId">The machine it must be of; null for any.</param>
public sealed record RevokeKey(OrganisationId? Caller, EnrolmentId EnrolmentId, string Reason, MachineId? MachineId = null);

/// <summary>Why nothing is revoked.</summary>
public enum RevokeKeyRefusal
{
    /// <summary>There is no such enrolment, or it is another provider's or machine's.</summary>
    EnrolmentUnknown,
}

/// <summary>Decides on revocations.</summary>
internal static class RevocationRules
{
    /// <summary>The revoked enrolment; the same one again where it was revoked before.</summary>
    public static MachineEnrolment Revoke(MachineEnrolment enrolment, Revocation revocation, Instant now) =>
        enrolment.RevokedAt is null ? enrolment with { RevokedAt = now, Revocation = revocation } : enrolment;

    /// <summary>Puts a revoked enrolment and sends what follows of it; nothing where it was revoked before.</summary>
    public static MachineEnrolment PutRevoked(this PartitionWork work, MachineEnrolment before, Revocation revocation, Instant now)
    {
        var revoked = Revoke(before, revocation, now);
        if (revoked == before) return before;
        work.Put(RegistryRows.Enrolment, revoked);
        work.Send(new KeyRevoked(revoked.Provider, revoked.MachineId, revoked.Id, before.SignsAt(now) ? revocation.Reason : null));
        if (revoked.Rotation is not null) work.Send(new RevokeSuccessor(revoked));
        return revoked;
    }
}

/// <summary>
/// Revokes keys. Revoking again changes nothing. Whoever held a stolen key may have gone over to another one with it, so what a revoked key
/// signed into its place goes with it, before the answer, and by message should the process die in between.
/// </summary>
public sealed class RevokeKeyHandler(Workspace workspace, IIdSource ids, TimeProvider time)
{
    /// <summary>Revokes a key.</summary>
    public async Task<Result<MachineEnrolment, RevokeKeyRefusal>> ExecuteAsync(RevokeKey command, CancellationToken cancellationToken)
    {
        var attempt = await AttemptAsync(command.EnrolmentId, work => RevokeAsync(command, work, cancellationToken), cancellationToken);
        if (!attempt.TryGet(out var revoked, out var refusal)) return refusal;
        for (var last = revoked; last.Rotation is { } rotation;)
        {
            var old = last;
            last = (await AttemptAsync(
                rotation.SuccessorId, async work => await RevokeSuccessorHandler.RevokeAsync(old, work, time.Now(), cancellationToken), cancellationToken)).Value;
        }

        return revoked;
    }

    private async Task<Result<MachineEnrolment, RevokeKeyRefusal>> AttemptAsync(
        EnrolmentId id, Func<PartitionWork, Task<Result<MachineEnrolment, RevokeKeyRefusal>>> decide, CancellationToken cancellationToken) =>
        (await workspace.AttemptAsync<string, MachineEnrolment, RevokeKeyRefusal>(
            RegistryRows.Of(id), IdempotencyKey.Of($"revoke:{ids.Next()}"), "revoke", decide, cancellationToken)).Result;

    private async Task<Result<MachineEnrolment, RevokeKeyRefusal>> RevokeAsync(RevokeKey command, PartitionWork work, CancellationToken cancellationToken)
    {
        var enrolment = await work.ReadAsync<MachineEnrolment>(RegistryRows.Enrolment, cancellationToken);
        if (enrolment is null || (command.Caller is { } caller && enrolment.Provider != caller)) return RevokeKeyRefusal.EnrolmentUnknown;
        if (command.MachineId is { } machine && enrolment.MachineId != machine) return RevokeKeyRefusal.EnrolmentUnknown;
        return work.PutRevoked(enrolment, new Revocation(command.Reason, IsByOperator: command.Caller is null), time.Now());
    }
}
