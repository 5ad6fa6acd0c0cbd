using Marketplace.Contracts;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Runtime.Messages;

namespace Marketplace.Leasing.FinishLease;

/// <summary>Command: the window of a lease is over. Sent to be due then.</summary>
public sealed record EndLease(LeaseId LeaseId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "leasing.end-lease.v1";
}

/// <summary>Completes the lease.</summary>
internal sealed class EndLeaseHandler(LeaseWork leases) : IMessageHandler<EndLease>
{
    public Task HandleAsync(EndLease message, MessageContext context, CancellationToken cancellationToken) =>
        leases.HandleAsync(message.LeaseId, new Finish(), context, cancellationToken);
}
