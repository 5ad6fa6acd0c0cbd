using Marketplace.Contracts;
using Marketplace.Registry.Enrolments;
using Marketplace.Registry.RotateKey;
using Marketplace.Registry.SuspendListing;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Registry.RevokeKey;

/// <summary>Command of the registry to itself: void the key that a revoked one signed into its place.</summary>
/// <param name="Old">The revoked enrolment.</param>
internal sealed record RevokeSuccessor(MachineEnrolment Old) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "registry.revoke-successor.v1";
}

/// <summary>An enrolment was revoked. Of the registry to itself.</summary>
/// <param name="Provider">Whose machine.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="EnrolmentId">The enrolment.</param>
/// <param name="Reason">Why, where its key signed until then; null where it did not.</param>
internal sealed record KeyRevoked(OrganisationId Provider, MachineId MachineId, EnrolmentId EnrolmentId, string? Reason) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "registry.key-revoked.v1";
}

/// <summary>Revokes successors. One that is not admitted yet is made as a revoked one, so that it never is.</summary>
internal sealed class RevokeSuccessorHandler(Workspace workspace, TimeProvider time) : IMessageHandler<RevokeSuccessor>
{
    public Task HandleAsync(RevokeSuccessor message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            RegistryRows.Of(message.Old.Rotation!.SuccessorId), context, work => RevokeAsync(message.Old, work, time.Now(), cancellationToken), cancellationToken);

    public static async Task<MachineEnrolment> RevokeAsync(MachineEnrolment old, PartitionWork work, Instant now, CancellationToken cancellationToken)
    {
        var successor = await work.ReadAsync<MachineEnrolment>(RegistryRows.Enrolment, cancellationToken) ?? RotationRules.Successor(old);
        return work.PutRevoked(successor, old.Revocation ?? throw new InvariantException($"{old.Id} is not revoked."), now);
    }
}

/// <summary>
/// Takes a revoked enrolment off the machine's list and, where its key signed until then, suspends what is offered of the machine: somebody
/// else may have proven it. Some at a time, for each has messages of its own.
/// </summary>
internal sealed class KeyRevokedHandler(Workspace workspace, TimeProvider time) : IMessageHandler<KeyRevoked>
{
    public Task HandleAsync(KeyRevoked message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(RegistryRows.Of(message.Provider), context, work => ApplyAsync(message, work, cancellationToken), cancellationToken);

    private async Task ApplyAsync(KeyRevoked message, PartitionWork work, CancellationToken cancellationToken)
    {
        var row = RegistryRows.EnrolmentOf(message.MachineId, message.EnrolmentId);
        if (await work.ReadAsync<EnrolmentEntry>(row, cancellationToken) is not null) work.Delete(row);
        if (message.Reason is null) return;
        var more = await work.SuspendMachineAsync(message.MachineId, $"A key of the machine was revoked: {message.Reason}", time.Now(), cancellationToken);
        if (more) work.Send(message);
    }
}
