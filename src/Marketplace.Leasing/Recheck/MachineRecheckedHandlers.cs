using Marketplace.Contracts;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.ReadLeases;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;

namespace Marketplace.Leasing.Recheck;

/// <summary>Command: go on telling the leases of a machine of its re-check.</summary>
/// <param name="Verdict">The re-check.</param>
/// <param name="After">The row behind which to go on; null for the start.</param>
public sealed record TellLeases(MachineRechecked Verdict, string? After) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "leasing.tell-leases.v1";
}

/// <summary>Command: take note of a re-check of a lease's machine.</summary>
/// <param name="LeaseId">The lease.</param>
/// <param name="Verdict">The re-check.</param>
public sealed record RecordRecheck(LeaseId LeaseId, MachineRechecked Verdict) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "leasing.record-recheck.v1";
}

/// <summary>Tells the leases that run on a machine how its re-check ended, some at a time.</summary>
internal sealed class MachineRecheckedHandlers(Workspace workspace, LeaseQueries leases, LeaseWork work)
    : IMessageHandler<MachineRechecked>, IMessageHandler<TellLeases>, IMessageHandler<RecordRecheck>
{
    private const int LeasesAtOnce = 50;

    public Task HandleAsync(MachineRechecked message, MessageContext context, CancellationToken cancellationToken) =>
        TellAsync(new TellLeases(message, After: null), context, cancellationToken);

    public Task HandleAsync(TellLeases message, MessageContext context, CancellationToken cancellationToken) => TellAsync(message, context, cancellationToken);

    public Task HandleAsync(RecordRecheck message, MessageContext context, CancellationToken cancellationToken) => work.HandleAsync(
        message.LeaseId,
        message.Verdict.Passed
            ? new NoteProof(message.Verdict.DecidedAt)
            : new FailRecheck(new FailedCheck(message.Verdict.Claim, message.Verdict.Proven), message.Verdict.DecidedAt),
        context,
        cancellationToken);

    private Task<bool> TellAsync(TellLeases message, MessageContext context, CancellationToken cancellationToken) => workspace.HandleAsync(
        LeaseRows.Index(message.Verdict.MachineId.ToString()),
        context,
        async change =>
        {
            var range = RowRange.StartingWith(LeaseRows.IndexPrefix);
            if (message.After is { } after) range = range.After(after);
            var told = 0;
            await foreach (var (row, listed) in change.ReadRangeAsync<LeaseIndexRow>(range, cancellationToken))
            {
                // A lease that becomes ready just now has proven its machine by itself.
                if (await leases.FindAsync(listed.LeaseId, cancellationToken) is not { State: LeaseState.Active }) continue;
                change.Send(new RecordRecheck(listed.LeaseId, message.Verdict));
                if (++told < LeasesAtOnce) continue;
                change.Send(message with { After = row });
                return;
            }
        },
        cancellationToken);
}
