using Marketplace.Contracts;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;

namespace Marketplace.Leasing.ProveReadiness;

/// <summary>Starts billing when the machine has proven that it is ready; otherwise has it try again, or fails the lease.</summary>
internal sealed class VerificationCompletedHandler(LeaseWork leases, IIdSource ids) : IMessageHandler<VerificationCompleted>
{
    public Task HandleAsync(VerificationCompleted message, MessageContext context, CancellationToken cancellationToken) =>
        message.Purpose == VerificationPurpose.Readiness
            ? leases.HandleAsync(
                LeaseId.Parse(message.Subject),
                new RecordReadiness(message.VerificationId, message.Passed, message.CompletedAt, ids.Next<VerificationKind>()),
                context,
                cancellationToken)
            : Task.CompletedTask;
}

/// <summary>Command: stop waiting for a readiness proof. Sent to be due after its deadline.</summary>
public sealed record ExpireReadiness(LeaseId LeaseId, VerificationId VerificationId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "leasing.expire-readiness.v1";
}

/// <summary>Fails the lease if the proof is still missing.</summary>
internal sealed class ExpireReadinessHandler(LeaseWork leases) : IMessageHandler<ExpireReadiness>
{
    public Task HandleAsync(ExpireReadiness message, MessageContext context, CancellationToken cancellationToken) =>
        leases.HandleAsync(message.LeaseId, new GiveUpReadiness(message.VerificationId), context, cancellationToken);
}
