using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;
using Marketplace.Verification.Sessions;

namespace Marketplace.Verification.IndexVerification;

/// <summary>A session exists. Internal to this module: it lets a provider find the session by its id.</summary>
internal sealed record VerificationOpened(OrganisationId Provider, VerificationId VerificationId, MachineId MachineId) : IMessage
{
    public static string MessageType => "verification.verification-opened.v1";
}

/// <summary>Notes in the provider's partition which machine a session belongs to.</summary>
internal sealed class VerificationOpenedHandler(Workspace workspace) : IMessageHandler<VerificationOpened>
{
    public Task HandleAsync(VerificationOpened message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            VerificationRows.Of(message.Provider),
            context,
            work =>
            {
                work.Put(VerificationRows.Index(message.VerificationId), new SessionIndex(message.MachineId));
                return Task.CompletedTask;
            },
            cancellationToken);
}
