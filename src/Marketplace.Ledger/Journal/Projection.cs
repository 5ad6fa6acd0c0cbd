using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Work;

namespace Marketplace.Ledger;

/// <summary>Rows that follow from entries: those of the store while entries are appended, those of a dictionary while all are made again.</summary>
internal interface IDerivedRows
{
    /// <summary>A row, or null. Not asked for again once it was put.</summary>
    ValueTask<T?> ReadAsync<T>(string rowKey)
        where T : class;

    void Put<T>(string rowKey, T value)
        where T : class;
}

/// <summary>
/// What an entry changes besides itself: the one place that says so, for appending and for rebuilding, which therefore give the same bytes.
/// </summary>
internal static class Projection
{
    public static async Task ApplyAsync(IDerivedRows rows, LedgerEntry recorded)
    {
        var (entry, sequence) = (recorded.Entry, recorded.Sequence);
        rows.Put(JournalRows.Head, new JournalHead(sequence, recorded.Hash, recorded.RecordedAt));
        rows.Put(JournalRows.EntryOf(entry.EntryId), new EntryPlace(sequence, JournalFormat.ContentHash(entry, recorded.Hold)));
        if (entry.Reverses is { } reversed)
        {
            var place = await rows.ReadAsync<EntryPlace>(JournalRows.EntryOf(reversed));
            rows.Put(JournalRows.EntryOf(reversed), place! with { ReversedBy = entry.EntryId });
        }

        var month = JournalRows.Span(BillingPeriod.Containing(entry.BookedAt));
        var span = await rows.ReadAsync<PeriodSpan>(month);
        rows.Put(month, new PeriodSpan(span?.First ?? sequence, sequence));
        if (recorded.Hold is { } hold) await ApplyHoldAsync(rows, hold);
        await ApplyBalancesAsync(rows, recorded);
        rows.Put(JournalRows.Nodes(sequence), new TreeNodes(await CompleteAsync(rows, sequence, recorded.Hash)));
    }

    private static async Task ApplyHoldAsync(IDerivedRows rows, HoldChange hold)
    {
        var row = JournalRows.Hold(hold.HoldId);
        var held = hold.Step == HoldStep.Placed
            ? new Held(hold.Account, hold.Pending, Money.Zero(hold.Pending.Currency), hold.ExpiresAt)
            : (await rows.ReadAsync<Held>(row))!;
        rows.Put(row, held with { Rest = held.Rest + hold.Pending });
    }

    private static async Task ApplyBalancesAsync(IDerivedRows rows, LedgerEntry recorded)
    {
        var entry = recorded.Entry;
        foreach (var effect in AccountEffect.Of(recorded))
        {
            var row = JournalRows.Balance(effect.Account);
            var before = await rows.ReadAsync<AccountBalance>(row) ?? AccountBalance.None(effect.Account, entry.Currency);
            var after = before.With(effect, recorded.Sequence);
            rows.Put(row, after);
            rows.Put(JournalRows.Line(effect.Account, recorded.Sequence), new StatementLine(
                recorded.Sequence, entry.EntryId, entry.Reason, entry.Reference, entry.BookedAt, recorded.RecordedAt, effect.Posted, effect.Pending, effect.Postings,
                after));
        }
    }

    /// <summary>An entry completes a subtree of 2^n leaves where its sequence is a multiple of 2^n; the left half was completed before.</summary>
    private static async Task<IReadOnlyList<string>> CompleteAsync(IDerivedRows rows, long sequence, string hash)
    {
        var nodes = new List<string> { MerkleTree.LeafOf(hash) };
        for (var level = 0; ((sequence >> level) & 1) == 0; level++)
        {
            var left = await rows.ReadAsync<TreeNodes>(JournalRows.Nodes(sequence - (1L << level)));
            InvariantException.Require(left is not null, $"The tree has no nodes for entry {sequence - (1L << level)}: rebuild the journal's derived rows.");
            nodes.Add(MerkleTree.Node(left.Nodes[level], nodes[level]));
        }

        return nodes;
    }
}

/// <summary>The rows of the partition in which an entry is being appended.</summary>
internal sealed class WorkRows(PartitionWork work, CancellationToken cancellationToken) : IDerivedRows
{
    public async ValueTask<T?> ReadAsync<T>(string rowKey)
        where T : class => await work.ReadAsync<T>(rowKey, cancellationToken);

    public void Put<T>(string rowKey, T value)
        where T : class => work.Put(rowKey, value);
}

/// <summary>Rows that are made again from the first entry on, as bytes.</summary>
internal sealed class MadeRows : IDerivedRows
{
    private readonly Dictionary<string, byte[]> bodies = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, byte[]> Bodies => bodies;

    public ValueTask<T?> ReadAsync<T>(string rowKey)
        where T : class => ValueTask.FromResult(bodies.TryGetValue(rowKey, out var body) ? MarketplaceJson.Deserialize<T>(body) : null);

    public void Put<T>(string rowKey, T value)
        where T : class => bodies[rowKey] = MarketplaceJson.Serialize(value);
}
