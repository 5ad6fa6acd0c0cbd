using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Ledger;

/// <summary>
/// Appends an entry to the journal of its currency and, in the same commit, brings all that is derived from it up to date. Entries are never
/// changed or deleted. The same entry again is the one that stands.
/// </summary>
internal static class JournalAppend
{
    public static async Task<Result<LedgerEntry, LedgerRefusal>> AppendAsync(
        PartitionWork work, ProposedEntry proposed, TimeProvider time, CancellationToken cancellationToken)
    {
        EntryRules.Require(proposed);
        var entry = proposed.Entry;

        // First: every entry changes the head, so that nothing read after it can have changed when this is committed.
        var head = await work.ReadAsync<JournalHead>(JournalRows.Head, cancellationToken) ?? JournalHead.Empty;
        if (await FindAsync(work, entry.EntryId, cancellationToken) is { } known)
        {
            if (!proposed.IsSameAs(known.Recorded)) return LedgerRefusal.EntryIdReused;
            return known.Recorded;
        }

        if (entry.Reverses is { } id)
        {
            var reversed = await FindAsync(work, id, cancellationToken);
            if (LedgerDecisions.Reverse(entry, reversed?.Recorded, reversed?.Place.ReversedBy) is { } refusal) return refusal;
        }

        // A clock that was set back does not put an entry before the one before it: what was recorded by an instant is a beginning of the journal.
        var now = time.Now();
        var recordedAt = head.RecordedAt is { } last && last > now ? last : now;
        HoldChange? change = null;
        if (proposed.Hold is { } hold)
        {
            var held = await work.ReadAsync<Held>(JournalRows.Hold(hold.HoldId), cancellationToken);
            if (!LedgerDecisions.Hold(proposed, held, recordedAt).TryGet(out change, out var refusal)) return refusal;
        }

        var sequence = head.Sequence + 1;
        var recorded = new LedgerEntry(sequence, entry, recordedAt, JournalFormat.EntryHash(head.Hash, sequence, recordedAt, entry, change), change);
        work.Put(JournalRows.Entry(sequence), recorded);
        await Projection.ApplyAsync(new WorkRows(work, cancellationToken), recorded);
        return recorded;
    }

    /// <summary>The entry that stands under an id, or null.</summary>
    public static async Task<(LedgerEntry Recorded, EntryPlace Place)?> FindAsync(PartitionWork work, EntryId entryId, CancellationToken cancellationToken)
    {
        if (await work.ReadAsync<EntryPlace>(JournalRows.EntryOf(entryId), cancellationToken) is not { } place) return null;
        var recorded = await work.ReadAsync<LedgerEntry>(JournalRows.Entry(place.Sequence), cancellationToken);
        InvariantException.Require(recorded is not null, $"Entry {entryId} has no row {place.Sequence}.");
        return (recorded, place);
    }
}
