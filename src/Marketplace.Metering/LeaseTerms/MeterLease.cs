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
            var known = await work.ReadAsync<MeteringState>(MeteringRows.State, cancellationToken);
            InvariantException.Require(known is null || known.Lease.Ready == message, $"Lease {message.LeaseId} became ready twice, on different terms.");
            if (known is null) work.Put(MeteringRows.State, MeteringState.Of(message));
        }, cancellationToken);

    /// <inheritdoc/>
    public Task HandleAsync(LeaseStopped message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(MeteringRows.Of(message.LeaseId), context, async work =>
        {
            var state = await work.ReadAsync<MeteringState>(MeteringRows.State, cancellationToken);
            InvariantException.Require(state is not null, $"Lease {message.LeaseId} stopped and had never been ready.");
            InvariantException.Require(state.Lease.Stopped is null || state.Lease.Stopped == message, $"Lease {message.LeaseId} stopped twice, differently.");
            if (state.Lease.Stopped is not null) return;
            work.Put(MeteringRows.State, state with { Lease = state.Lease with { Stopped = message }, IsClosing = true });
            work.Send(new FinaliseUsage(message.LeaseId), time.Now() + options.LateReadingGrace);
        }, cancellationToken);
}
