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
        workspace.HandleAsync(
            LeaseRows.Of(id),
            context,
            async work =>
            {
                var lease = await work.ReadAsync<Lease>(LeaseRows.Lease, cancellationToken);
                InvariantException.Require(lease is not null, $"{id} was to {command.GetType().Name} and does not exist.");
                LeaseDecider.TryDecide(lease, command, time.Now(), out var events);
                LeaseConsequences.Record(work, lease, events, options.Value);
            },
            cancellationToken);
}
