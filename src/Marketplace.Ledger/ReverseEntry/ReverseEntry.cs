using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Ledger;

/// <summary>Takes back an entry by hand: a new entry with every posting negated, and the reason.</summary>
public sealed class ReverseEntry(Workspace workspace, TimeProvider time, IIdSource ids)
{
    /// <summary>Reverses an entry, booked now.</summary>
    /// <param name="currency">The journal.</param>
    /// <param name="reversed">The entry to take back.</param>
    /// <param name="note">Why: one line of at most 500 characters.</param>
    /// <param name="key">Repeating the request under it changes nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Attempt<LedgerEntry, LedgerRefusal>> ExecuteAsync(
        Currency currency, EntryId reversed, string note, IdempotencyKey key, CancellationToken cancellationToken) =>
        workspace.AttemptAsync<string, LedgerEntry, LedgerRefusal>(
            JournalRows.Of(currency), key, $"{reversed} {note}", work => DecideAsync(work, reversed, note, cancellationToken), cancellationToken);

    private async Task<Result<LedgerEntry, LedgerRefusal>> DecideAsync(
        PartitionWork work, EntryId reversed, string note, CancellationToken cancellationToken)
    {
        if (await JournalAppend.FindAsync(work, reversed, cancellationToken) is not { } found) return LedgerRefusal.ReversedEntryUnknown;
        var entry = found.Recorded.Entry;
        var reversal = new RecordEntry(
            ids.Next<EntryKind>(), entry.Currency, EntryReason.Reversal, entry.Reference, time.Now(), LedgerDecisions.Negate(entry.Postings), reversed, note);
        return LedgerDecisions.Reverse(reversal, found.Recorded, found.Place.ReversedBy) is { } refusal
            ? refusal
            : await JournalAppend.AppendAsync(work, ProposedEntry.Of(reversal), time, cancellationToken);
    }
}
