using Marketplace.Contracts;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;

namespace Marketplace.Leasing.ResellHours;

/// <summary>Command: a lease's machine has failed, so fail what was resold of it, some at a time.</summary>
/// <param name="Head">The lease.</param>
/// <param name="Failure">How the machine failed.</param>
/// <param name="After">The row behind which to go on; null for the start.</param>
public sealed record FailSubleases(LeaseId Head, MachineFailure Failure, string? After) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "leasing.fail-subleases.v1";
}

/// <summary>Command: fail a lease, because its machine failed in the lease that its hours are of.</summary>
public sealed record FailSublease(LeaseId LeaseId, MachineFailure Failure) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "leasing.fail-sublease.v1";
}

/// <summary>Tells the leases of resold hours.</summary>
internal sealed class FailSubleasesHandler(Workspace workspace) : IMessageHandler<FailSubleases>
{
    /// <summary>How many are told with one commit.</summary>
    public const int LeasesAtOnce = 50;

    public Task HandleAsync(FailSubleases message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(LeaseRows.Of(message.Head), context, work => DecideAsync(message, work, cancellationToken), cancellationToken);

    private static async Task DecideAsync(FailSubleases message, PartitionWork work, CancellationToken cancellationToken)
    {
        var range = message.After is { } after ? SubleaseRows.All.After(after) : SubleaseRows.All;
        var told = 0;
        await foreach (var (row, sublease) in work.ReadRangeAsync<Sublease>(range, cancellationToken))
        {
            if (sublease.IsOver) continue;
            work.Send(new FailSublease(sublease.LeaseId, message.Failure));
            if (++told < LeasesAtOnce) continue;
            work.Send(message with { After = row });
            return;
        }
    }
}

/// <summary>Fails a lease of resold hours.</summary>
internal sealed class FailSubleaseHandler(LeaseWork leases) : IMessageHandler<FailSublease>
{
    public Task HandleAsync(FailSublease message, MessageContext context, CancellationToken cancellationToken) =>
        leases.HandleAsync(message.LeaseId, new FailWithMachine(message.Failure), context, cancellationToken);
}
