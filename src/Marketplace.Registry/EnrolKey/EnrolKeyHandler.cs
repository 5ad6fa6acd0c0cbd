using Marketplace.Registry.Enrolments;
using Marketplace.Registry.Machines;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.EnrolKey;

/// <summary>A key that is enrolled.</summary>
/// <param name="Enrolment">Its enrolment.</param>
/// <param name="Machine">The machine it signs for.</param>
public sealed record EnrolledKey(MachineEnrolment Enrolment, Machine Machine);

/// <summary>Enrols keys. The request needs no idempotency key: the same code with the same key is the same request.</summary>
public sealed class EnrolKeyHandler(Workspace workspace, TimeProvider time, IIdSource ids)
{
    /// <summary>Enrols a key.</summary>
    public async Task<Result<EnrolledKey, EnrolKeyRefusal>> ExecuteAsync(EnrolKey command, CancellationToken cancellationToken)
    {
        var code = EnrolmentCode.Parse(command.Code);
        if (code is null) return EnrolmentRules.Enrol(null, null, command.PublicKey, time.Now()).Refusal;

        // A key of its own for every try: repetitions are recognised by what they post.
        var attempt = await workspace.AttemptAsync<string, MachineEnrolment, EnrolKeyRefusal>(
            RegistryRows.Of(code.Id), IdempotencyKey.Of($"key:{ids.Next()}"), "key", work => EnrolAsync(command, code, work, cancellationToken), cancellationToken);
        if (!attempt.Result.TryGet(out var enrolment, out var refusal)) return refusal;
        var machine = await workspace.Store.ReadRowAsync<Machine>(
            RegistryRows.Of(enrolment.Provider), RegistryRows.Machine(enrolment.MachineId), cancellationToken);
        return new EnrolledKey(enrolment, machine ?? throw new InvariantException($"{enrolment.Id} is of no machine."));
    }

    private async Task<Result<MachineEnrolment, EnrolKeyRefusal>> EnrolAsync(
        EnrolKey command, EnrolmentCode code, PartitionWork work, CancellationToken cancellationToken)
    {
        var before = await work.ReadAsync<MachineEnrolment>(RegistryRows.Enrolment, cancellationToken);
        var decision = EnrolmentRules.Enrol(before, code, command.PublicKey, time.Now());
        if (decision.IsAccepted && decision.Value != before) work.Put(RegistryRows.Enrolment, decision.Value);
        return decision;
    }
}
