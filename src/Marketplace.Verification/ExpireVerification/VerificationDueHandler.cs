using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;

namespace Marketplace.Verification.ExpireVerification;

/// <summary>A session may have run out of time. Internal to this module; sent with a due time.</summary>
internal sealed record VerificationDue(MachineId MachineId, VerificationId VerificationId) : IMessage
{
    public static string MessageType => "verification.verification-due.v1";
}

/// <summary>Fails a session whose time is over: a worker that gives up has not proven anything.</summary>
internal sealed class VerificationDueHandler(Workspace workspace, TimeProvider time) : IMessageHandler<VerificationDue>
{
    public Task HandleAsync(VerificationDue message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            VerificationRows.Of(message.MachineId),
            context,
            async work =>
            {
                var session = await work.ReadAsync<VerificationSession>(VerificationRows.Session(message.VerificationId), cancellationToken);
                var now = time.Now();
                if (session is null || session.HasEnded || now < session.ExpiresAt) return;
                var failed = session.Fail(VerificationFailure.NotCompleted, ProofFault.None, null, now);
                await work.PutEndedAsync(failed, signer: null, cancellationToken);
            },
            cancellationToken);
}
