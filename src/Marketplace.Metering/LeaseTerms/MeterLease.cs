using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Metering;

/// <summary>Begins to meter a lease when it is proven ready, and has its usage closed some time after it stops.</summary>
internal sealed class MeterLease(Workspace workspace, TimeProvider time, MeteringOptions options)
    : IMessageHandler<LeaseReady>, IMessageHandler<LeaseStopped>
{
    /// <inheritdoc/>
    public Task HandleAsync(LeaseReady message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(MeteringRows.Of(message.LeaseId), context, async work =>
        {
            var known = await work.ReadAsync<MeteredLease>(MeteringRows.Terms, cancellationToken);
            InvariantException.Require(known is null || known.Ready == message, $"Lease {message.LeaseId} became ready twice, on different terms.");
            if (known is not null) return;
            work.Put(MeteringRows.Terms, new MeteredLease(message, null));
            work.Put(MeteringRows.Head, MeteringHead.Empty);
        }, cancellationToken);

    /// <inheritdoc/>
    public Task HandleAsync(LeaseStopped message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(MeteringRows.Of(message.LeaseId), context, async work =>
        {
            var lease = await work.ReadAsync<MeteredLease>(MeteringRows.Terms, cancellationToken);
            var head = await work.ReadAsync<MeteringHead>(MeteringRows.Head, cancellationToken);
            InvariantException.Require(lease is not null && head is not null, $"Lease {message.LeaseId} stopped and had never been ready.");
            InvariantException.Require(lease.Stopped is null || lease.Stopped == message, $"Lease {message.LeaseId} stopped twice, differently.");
            if (lease.Stopped is not null) return;
            work.Put(MeteringRows.Terms, lease with { Stopped = message });
            work.Put(MeteringRows.Head, head with { IsClosing = true });
            work.Send(new FinaliseUsage(message.LeaseId), time.Now() + options.LateReadingGrace);
        }, cancellationToken);
}
