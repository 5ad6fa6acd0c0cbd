using Marketplace.Registry.EnrolKey;
using Marketplace.Registry.Enrolments;
using Marketplace.Registry.Machines;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.RotateKey;

/// <summary>
/// Changes keys. The request needs no idempotency key: the same new key is the same request. The old key's partition decides; then the
/// new key is admitted in a partition of its own, before the answer, and by message should the process die in between.
/// </summary>
public sealed class RotateKeyHandler(Workspace workspace, TimeProvider time, IIdSource ids)
{
    /// <summary>Changes a key. Answers with the new one, which signs from now on.</summary>
    public async Task<Result<EnrolledKey, RotateKeyRefusal>> ExecuteAsync(RotateKey command, CancellationToken cancellationToken)
    {
        var attempt = await workspace.AttemptAsync<string, MachineEnrolment, RotateKeyRefusal>(
            RegistryRows.Of(command.OldKey), IdempotencyKey.Of($"rotate:{ids.Next()}"), "rotate", work => RotateAsync(command, work, cancellationToken), cancellationToken);
        if (!attempt.Result.TryGet(out var old, out var refusal)) return refusal;
        await workspace.AdmitAsync(old, cancellationToken);
        var successor = await workspace.Store.ReadRowAsync<MachineEnrolment>(
            RegistryRows.Of(old.Rotation!.SuccessorId), RegistryRows.Enrolment, cancellationToken);
        var machine = await workspace.Store.ReadRowAsync<Machine>(RegistryRows.Of(old.Provider), RegistryRows.Machine(old.MachineId), cancellationToken);
        return new EnrolledKey(
            successor ?? throw new InvariantException($"{old.Id} has no successor."), machine ?? throw new InvariantException($"{old.Id} is of no machine."));
    }

    private async Task<Result<MachineEnrolment, RotateKeyRefusal>> RotateAsync(RotateKey command, PartitionWork work, CancellationToken cancellationToken)
    {
        var old = await work.ReadAsync<MachineEnrolment>(RegistryRows.Enrolment, cancellationToken);
        var decision = RotationRules.Rotate(old, command, ids.Next<EnrolmentKind>(), time.Now());
        if (!decision.IsAccepted || decision.Value == old) return decision;
        work.Put(RegistryRows.Enrolment, decision.Value);
        work.Send(new AdmitKey(decision.Value));
        return decision;
    }
}
