using Marketplace.Contracts;
using Marketplace.Registry.Enrolments;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.RotateKey;

/// <summary>Command of the registry to itself: admit the key that an old one signed.</summary>
/// <param name="Old">The enrolment of the old key.</param>
internal sealed record AdmitKey(MachineEnrolment Old) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "registry.admit-key.v1";
}

/// <summary>Admits keys that the request for the rotation did not live to admit.</summary>
internal sealed class AdmitKeyHandler(Workspace workspace) : IMessageHandler<AdmitKey>
{
    public Task HandleAsync(AdmitKey message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.AdmitAsync(message.Old, cancellationToken);
}

/// <summary>The second and third commit of a rotation. Each is named by the rotation, so that repeating them changes nothing.</summary>
internal static class Admission
{
    private enum NoRefusal;

    /// <summary>Makes the new key's enrolment, unless it was revoked before it was made, and lists it in place of the old one's predecessor.</summary>
    public static async Task AdmitAsync(this Workspace workspace, MachineEnrolment old, CancellationToken cancellationToken)
    {
        var successor = RotationRules.Successor(old);
        var key = IdempotencyKey.Of($"admit:{successor.Id}");
        await workspace.AttemptAsync<string, string, NoRefusal>(
            RegistryRows.Of(successor.Id),
            key,
            "admit",
            async work =>
            {
                if (await work.ReadAsync<MachineEnrolment>(RegistryRows.Enrolment, cancellationToken) is null) work.Put(RegistryRows.Enrolment, successor);
                return "";
            },
            cancellationToken);
        await workspace.AttemptAsync<string, string, NoRefusal>(
            RegistryRows.Of(old.Provider),
            key,
            "list",
            async work =>
            {
                work.Put(RegistryRows.EnrolmentOf(old.MachineId, successor.Id), new EnrolmentEntry(successor.Id, old.MachineId, successor.ExpiresAt));
                if (old.PredecessorId is not { } gone) return "";
                var row = RegistryRows.EnrolmentOf(old.MachineId, gone);
                if (await work.ReadAsync<EnrolmentEntry>(row, cancellationToken) is not null) work.Delete(row);
                return "";
            },
            cancellationToken);
    }
}
