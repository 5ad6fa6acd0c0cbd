using Marketplace.Contracts;
using Marketplace.Leasing.FinishLease;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.ProveReadiness;
using Marketplace.Leasing.ReadLeases;
using Marketplace.Leasing.ResellHours;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;

namespace Marketplace.Leasing.ScheduleLease;

/// <summary>Makes the lease of a trade.</summary>
internal sealed class TradeExecutedHandler(Workspace workspace, LeaseQueries leases) : IMessageHandler<TradeExecuted>
{
    public Task HandleAsync(TradeExecuted message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(LeaseRows.Of(message.LeaseId), context, work => DecideAsync(message, work, cancellationToken), cancellationToken);

    private async Task DecideAsync(TradeExecuted message, PartitionWork work, CancellationToken cancellationToken)
    {
        if (await work.ReadAsync<Lease>(LeaseRows.Lease, cancellationToken) is { } known)
        {
            InvariantException.Require(known.TradeId == message.TradeId, $"{known.LeaseId} is to be of {known.TradeId} and of {message.TradeId}.");
            return;
        }

        var lease = Lease.Of(message, message.ResoldLease is { } resold ? await HeadAsync(message, resold, cancellationToken) : null);
        work.Put(LeaseRows.Lease, lease);
        work.Send(new StartLease(lease.LeaseId), dueAt: lease.Window.Start);
        work.Send(new EndLease(lease.LeaseId), dueAt: lease.Window.End);
        if (lease.Head is { } head) work.Send(new RecordSublease(head.LeaseId, Sublease.Of(lease), Failure: null));
        foreach (var owner in (string[])[lease.Buyer.ToString(), lease.Provider.ToString(), lease.MachineId.ToString()])
        {
            work.Send(new IndexLease(owner, lease.LeaseId, IsGone: false));
        }
    }

    // Whose machine a lease has does not change, so that the head lease may be read outside its own partition's commit.
    private async Task<HeadLease> HeadAsync(TradeExecuted trade, LeaseId resold, CancellationToken cancellationToken)
    {
        var head = await leases.FindAsync(resold, cancellationToken);
        InvariantException.Require(head is not null, $"{trade.TradeId} sold hours of {resold}, which does not exist.");
        InvariantException.Require(
            head.Buyer == trade.Provider && head.MachineId == trade.MachineId && head.GpuCount >= trade.GpuCount && head.Window.Contains(trade.Window),
            $"{trade.TradeId} sold more of {resold} than its buyer has.");
        return new HeadLease(head.LeaseId, head.Provider);
    }
}
