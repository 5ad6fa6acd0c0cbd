using Marketplace.Contracts;
using Marketplace.Leasing.FinishLease;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.ProveReadiness;
using Marketplace.Leasing.ReadLeases;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;

namespace Marketplace.Leasing.ScheduleLease;

/// <summary>Makes the lease of a trade.</summary>
internal sealed class TradeExecutedHandler(Workspace workspace) : IMessageHandler<TradeExecuted>
{
    public Task HandleAsync(TradeExecuted message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(LeaseRows.Of(message.LeaseId), context, work => DecideAsync(message, work, cancellationToken), cancellationToken);

    private static async Task DecideAsync(TradeExecuted message, PartitionWork work, CancellationToken cancellationToken)
    {
        if (await work.ReadAsync<Lease>(LeaseRows.Lease, cancellationToken) is { } known)
        {
            InvariantException.Require(known.TradeId == message.TradeId, $"{known.LeaseId} is to be of {known.TradeId} and of {message.TradeId}.");
            return;
        }

        var lease = Lease.Of(message);
        work.Put(LeaseRows.Lease, lease);
        work.Send(new StartLease(lease.LeaseId), dueAt: lease.Window.Start);
        work.Send(new EndLease(lease.LeaseId), dueAt: lease.Window.End);
        foreach (var owner in (string[])[lease.Buyer.ToString(), lease.Provider.ToString(), lease.MachineId.ToString()])
        {
            work.Send(new IndexLease(owner, lease.LeaseId, IsGone: false));
        }
    }
}
