using Marketplace.Contracts;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Microsoft.Extensions.Options;

namespace Marketplace.Leasing.ProveReadiness;

/// <summary>Command: the window of a lease begins. Sent to be due then.</summary>
public sealed record StartLease(LeaseId LeaseId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "leasing.start-lease.v1";
}

/// <summary>Has the machine prove that it is ready.</summary>
internal sealed class StartLeaseHandler(LeaseWork leases, IIdSource ids, IOptions<LeasingOptions> options) : IMessageHandler<StartLease>
{
    public Task HandleAsync(StartLease message, MessageContext context, CancellationToken cancellationToken) =>
        leases.HandleAsync(message.LeaseId, new Begin(ids.Next<VerificationKind>(), options.Value.TimeToProve), context, cancellationToken);
}
