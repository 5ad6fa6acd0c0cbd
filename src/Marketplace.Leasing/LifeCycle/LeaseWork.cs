using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Microsoft.Extensions.Options;

namespace Marketplace.Leasing.LifeCycle;

/// <summary>Load, decide, commit for the commands that messages bring.</summary>
internal sealed class LeaseWork(Workspace workspace, TimeProvider time, IOptions<LeasingOptions> options)
{
    /// <summary>Applies a command to a lease, once per message.</summary>
    public Task HandleAsync(LeaseId id, LeaseCommand command, MessageContext context, CancellationToken cancellationToken) =>
        HandleAsync(id, lease => LeaseDecider.TryDecide(lease, command, time.Now(), out var events) ? events : [], context, cancellationToken);

    /// <summary>Applies a decision to a lease, once per message.</summary>
    public Task HandleAsync(LeaseId id, Func<Lease, LeaseEvent[]> decide, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            LeaseRows.Of(id),
            context,
            async work =>
            {
                var lease = await work.ReadAsync<Lease>(LeaseRows.Lease, cancellationToken);
                InvariantException.Require(lease is not null, $"{id} got a message and does not exist.");
                LeaseConsequences.Record(work, lease, decide(lease), options.Value);
            },
            cancellationToken);
}
