using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;

namespace Marketplace.Ledger;

/// <summary>Why derived rows are not made again. There is one reason, so that it goes first.</summary>
public enum RebuildJournalRefusal
{
    /// <summary>An entry is missing, or its hash is not that of its content and place: what would be made of it would hide that.</summary>
    ChainBroken,
}

/// <summary>What was made again.</summary>
/// <param name="Currency">The journal.</param>
/// <param name="Entries">Entries that were read.</param>
/// <param name="DerivedRows">Rows that follow from them.</param>
/// <param name="Inserted">Of these, missing until now.</param>
/// <param name="Replaced">Of these, with other bytes until now.</param>
/// <param name="Deleted">Rows that follow from no entry.</param>
public sealed record JournalRebuild(Currency Currency, long Entries, int DerivedRows, int Inserted, int Replaced, int Deleted);

/// <summary>
/// Makes all that is derived from entries again, to the same bytes as when the entries were appended, and writes what differs. All derived
/// rows of the journal are in memory meanwhile. Every commit rests on the head, so that an entry that comes in between starts it over.
/// </summary>
public sealed class RebuildJournal(IPartitionStore store, ReadJournal journal)
{
    private const int RowsPerCommit = 80;
    private const int MaxTries = 20;

    /// <exception cref="PartitionConflictException">The journal kept moving.</exception>
    public async Task<Result<JournalRebuild, RebuildJournalRefusal>> RebuildAsync(Currency currency, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var head = await store.ReadAsync(JournalRows.Of(currency), JournalRows.Head, cancellationToken);
            var last = JournalHead.Empty;
            var made = new MadeRows();
            await foreach (var entry in journal.ReadBetweenAsync(currency, 1, JournalRows.LastSequence, cancellationToken))
            {
                var hash = JournalFormat.EntryHash(last.Hash, entry.Sequence, entry.RecordedAt, entry.Entry, entry.Hold);
                if (entry.Sequence != last.Sequence + 1 || entry.Hash != hash) return RebuildJournalRefusal.ChainBroken;
                await Projection.ApplyAsync(made, entry);
                last = new JournalHead(entry.Sequence, entry.Hash, entry.RecordedAt);
            }

            var operations = await CompareAsync(currency, made.Bodies, cancellationToken);
            if (!await WriteAsync(currency, operations, head, made, cancellationToken)) continue;
            return new JournalRebuild(
                currency, last.Sequence, made.Bodies.Count, operations.Count(o => o is EntityOperation.Insert),
                operations.Count(o => o is EntityOperation.Replace), operations.Count(o => o is EntityOperation.Delete));
        }

        throw new PartitionConflictException(JournalRows.Of(currency));
    }

    /// <summary>What has to be written so that the derived rows are these.</summary>
    private async Task<List<EntityOperation>> CompareAsync(
        Currency currency, IReadOnlyDictionary<string, byte[]> made, CancellationToken cancellationToken)
    {
        var operations = new List<EntityOperation>();
        var missing = new HashSet<string>(made.Keys, StringComparer.Ordinal);
        foreach (var range in JournalRows.Derived)
        {
            await foreach (var row in store.ReadRangeAsync(JournalRows.Of(currency), range, cancellationToken))
            {
                missing.Remove(row.RowKey);
                if (!made.TryGetValue(row.RowKey, out var body)) operations.Add(new EntityOperation.Delete(row.RowKey, row.ETag));
                else if (!row.Body.Span.SequenceEqual(body)) operations.Add(new EntityOperation.Replace(row.RowKey, body, row.ETag));
            }
        }

        operations.AddRange(missing.Order(StringComparer.Ordinal).Select(row => new EntityOperation.Insert(row, made[row])));
        return operations;
    }

    /// <summary>Writes in parts, each on condition that the head is still the one that the entries were read under. False if it is not.</summary>
    private async Task<bool> WriteAsync(
        Currency currency, List<EntityOperation> operations, Entity? head, MadeRows made, CancellationToken cancellationToken)
    {
        if (operations.Count == 0) return true;
        var etag = head?.ETag;
        foreach (var part in operations.Where(o => o.RowKey != JournalRows.Head || !made.Bodies.ContainsKey(JournalRows.Head)).Chunk(RowsPerCommit)
            .DefaultIfEmpty([]))
        {
            var all = part.ToList();
            if (made.Bodies.TryGetValue(JournalRows.Head, out var body))
                all.Add(etag is null ? new EntityOperation.Insert(JournalRows.Head, body) : new EntityOperation.Replace(JournalRows.Head, body, etag));
            if (all.Count == 0) return true;
            var result = await store.CommitAsync(new Commit(JournalRows.Of(currency), null, all, default), cancellationToken);
            if (result.Status != CommitStatus.Committed) return false;
            etag = result.ETags.GetValueOrDefault(JournalRows.Head);
        }

        return true;
    }
}
