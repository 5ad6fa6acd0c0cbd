using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Ledger;

/// <summary>
/// Takes what other modules send. A malformed entry, or other content under a known id, is a mistake of our own code: an invariant is broken.
/// What the journal as it stands does not allow is refused: nothing is recorded, the refusal is kept and announced.
/// </summary>
internal sealed class LedgerCommandHandlers(Workspace workspace, TimeProvider time, IIdSource ids)
    : IMessageHandler<RecordEntry>, IMessageHandler<HoldEntry>, IMessageHandler<PostHeld>, IMessageHandler<VoidHeld>
{
    /// <inheritdoc/>
    public Task HandleAsync(RecordEntry message, MessageContext context, CancellationToken cancellationToken) =>
        AppendAsync(ProposedEntry.Of(message), context, cancellationToken);

    /// <inheritdoc/>
    public Task HandleAsync(HoldEntry message, MessageContext context, CancellationToken cancellationToken) =>
        AppendAsync(ProposedEntry.Of(message), context, cancellationToken, work => ExpireLater(work, message));

    /// <inheritdoc/>
    public Task HandleAsync(PostHeld message, MessageContext context, CancellationToken cancellationToken) =>
        AppendAsync(ProposedEntry.Of(message), context, cancellationToken);

    /// <inheritdoc/>
    public Task HandleAsync(VoidHeld message, MessageContext context, CancellationToken cancellationToken) =>
        AppendAsync(ProposedEntry.Of(message), context, ignored: message.IfOpen ? LedgerRefusal.HoldSettled : null, cancellationToken: cancellationToken);

    private Task<bool> AppendAsync(
        ProposedEntry proposed, MessageContext context, CancellationToken cancellationToken, Action<PartitionWork>? then = null,
        LedgerRefusal? ignored = null) =>
        workspace.HandleAsync(
            JournalRows.Of(proposed.Entry.Currency),
            context,
            async work =>
            {
                var result = await JournalAppend.AppendAsync(work, proposed, time, cancellationToken);
                if (result.TryGet(out _, out var refusal)) then?.Invoke(work);
                else if (refusal != ignored) await RefuseAsync(work, proposed.Entry, refusal, cancellationToken);
            },
            cancellationToken);

    private async Task RefuseAsync(PartitionWork work, RecordEntry entry, LedgerRefusal refusal, CancellationToken cancellationToken)
    {
        InvariantException.Require(refusal != LedgerRefusal.EntryIdReused, $"Entry {entry.EntryId} was recorded with other content.");
        var row = JournalRows.Refusal(entry.EntryId);
        await work.ReadAsync<RefusedEntry>(row, cancellationToken);
        work.Put(row, new RefusedEntry(refusal, entry.Reference, time.Now()));
        work.Send(new EntryRefused(entry.EntryId, entry.Currency, refusal, entry.Reference));
    }

    private void ExpireLater(PartitionWork work, HoldEntry hold)
    {
        if (hold.ExpiresAt is not { } expiresAt) return;
        work.Send(new VoidHeld(ids.Next<EntryKind>(), hold.HoldId, hold.Currency, hold.Reference, expiresAt, IfOpen: true), expiresAt);
    }
}
