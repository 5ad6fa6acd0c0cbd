using Marketplace.Contracts;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Microsoft.Extensions.Options;

namespace Marketplace.Leasing.ResellHours;

/// <summary>
/// Command: take note that hours of a lease became a lease of their own, or that that one ended. The two may come in any order.
/// </summary>
/// <param name="Head">The lease whose hours they are.</param>
/// <param name="Sublease">What was sold, and whether it is over.</param>
/// <param name="Failure">How its machine failed; null otherwise. It is the machine of both.</param>
public sealed record RecordSublease(LeaseId Head, Sublease Sublease, MachineFailure? Failure) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "leasing.record-sublease.v1";
}

/// <summary>Keeps what was resold of a lease, and shares the fate of the machine.</summary>
internal sealed class RecordSubleaseHandler(Workspace workspace, TimeProvider time, IOptions<LeasingOptions> options) : IMessageHandler<RecordSublease>
{
    public Task HandleAsync(RecordSublease message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(LeaseRows.Of(message.Head), context, work => DecideAsync(message, work, cancellationToken), cancellationToken);

    private async Task DecideAsync(RecordSublease message, PartitionWork work, CancellationToken cancellationToken)
    {
        var sublease = message.Sublease;
        var lease = await work.ReadAsync<Lease>(LeaseRows.Lease, cancellationToken);
        InvariantException.Require(lease is not null, $"{sublease.LeaseId} is of {message.Head}, which does not exist.");
        var row = SubleaseRows.Of(sublease.LeaseId);
        var known = await work.ReadAsync<Sublease>(row, cancellationToken);
        if (known is null) lease = LeaseConsequences.Record(work, lease, ResaleDecider.Count(lease, sublease), options.Value);
        if (known is null || (sublease.IsOver && !known.IsOver)) work.Put(row, sublease);

        if (message.Failure is { } failure && LeaseDecider.TryDecide(lease, new FailWithMachine(failure), time.Now(), out var events))
        {
            LeaseConsequences.Record(work, lease, events, options.Value);
        }

        // The lease failed while the trade was on its way: what follows of a failure has not found this one.
        if (known is null && !sublease.IsOver && MachineFailure.Of(lease) is { } failed) work.Send(new FailSublease(sublease.LeaseId, failed));
    }
}
