using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using NodaTime;

namespace Marketplace.Ledger;

/// <summary>A journal at one of its sizes. Every size it ever had can be asked for, so that who keeps an old one can check it.</summary>
/// <param name="Currency">The journal.</param>
/// <param name="Sequence">The last entry, which is also the number of entries; 0 for an empty journal.</param>
/// <param name="Hash">The last entry's hash; 64 zeros for an empty journal.</param>
/// <param name="Root">The root of the tree of all entries: <see cref="MerkleTree"/>.</param>
/// <param name="RecordedAt">When the last entry was recorded; null for an empty journal.</param>
public sealed record PublishedHead(Currency Currency, long Sequence, string Hash, string Root, Instant? RecordedAt);

/// <summary>That an entry stands in a journal. Says nothing of what the entry holds.</summary>
/// <param name="Currency">The journal.</param>
/// <param name="Sequence">The entry's place.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="PreviousHash">The hash before it, which its own is made with.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Size">Entries of the journal that it is proven against.</param>
/// <param name="Path">From the entry's leaf up to the root.</param>
public sealed record InclusionProof(
    Currency Currency, long Sequence, Instant RecordedAt, string PreviousHash, string Hash, long Size, IReadOnlyList<string> Path);

/// <summary>That a journal still holds all that it held at an earlier size.</summary>
/// <param name="Currency">The journal.</param>
/// <param name="FromSize">The earlier size.</param>
/// <param name="ToSize">The later size.</param>
/// <param name="Path">The proof.</param>
public sealed record ConsistencyProof(Currency Currency, long FromSize, long ToSize, IReadOnlyList<string> Path);

/// <summary>
/// Proofs over the tree of a journal's entries, as RFC 9162 (section 2.1) has them. The nodes are stored as the entries complete them, so
/// that a proof reads some 2 log2(n) rows, whatever the journal's size.
/// </summary>
public sealed class ProveEntries(IPartitionStore store, ReadJournal journal)
{
    /// <summary>The journal as it was at a size, or as it is; null for a size that it does not have yet.</summary>
    public async Task<PublishedHead?> ReadHeadAsync(Currency currency, long? size, CancellationToken cancellationToken)
    {
        var head = await journal.ReadHeadAsync(currency, cancellationToken);
        if (size is { } wanted && wanted != head.Sequence)
        {
            if (wanted < 0 || wanted > head.Sequence) return null;
            head = wanted == 0 ? JournalHead.Empty : HeadOf(await ReadEntryAsync(currency, wanted, cancellationToken));
        }

        var root = head.Sequence == 0 ? MerkleTree.EmptyRoot : await new Tree(store, currency, cancellationToken).RootAsync(0, head.Sequence);
        return new PublishedHead(currency, head.Sequence, head.Hash, root, head.RecordedAt);
    }

    /// <summary>Proves an entry against the journal at a size, or as it is; null for a size that does not reach it or is not there yet.</summary>
    public async Task<InclusionProof?> ProveAsync(Currency currency, LedgerEntry entry, long? size, CancellationToken cancellationToken)
    {
        var head = await journal.ReadHeadAsync(currency, cancellationToken);
        var leaves = size ?? head.Sequence;
        if (leaves < entry.Sequence || leaves > head.Sequence) return null;
        var previous = entry.Sequence == 1 ? JournalEntryFormat.NoEntry : (await ReadEntryAsync(currency, entry.Sequence - 1, cancellationToken)).Hash;
        var path = await new Tree(store, currency, cancellationToken).PathAsync(entry.Sequence - 1, 0, leaves);
        return new InclusionProof(currency, entry.Sequence, entry.RecordedAt, previous, entry.Hash, leaves, path);
    }

    /// <summary>Proves that the journal at one size continues itself at an earlier one; null for sizes out of order or not there yet.</summary>
    public async Task<ConsistencyProof?> ProveConsistencyAsync(Currency currency, long from, long to, CancellationToken cancellationToken)
    {
        var head = await journal.ReadHeadAsync(currency, cancellationToken);
        if (from < 0 || from > to || to > head.Sequence) return null;
        var path = from == 0 || from == to ? [] : await new Tree(store, currency, cancellationToken).ConsistencyAsync(from, 0, to, isOldRoot: true);
        return new ConsistencyProof(currency, from, to, path);
    }

    private static JournalHead HeadOf(LedgerEntry entry) => new(entry.Sequence, entry.Hash, entry.RecordedAt);

    private async Task<LedgerEntry> ReadEntryAsync(Currency currency, long sequence, CancellationToken cancellationToken)
    {
        var row = await store.ReadAsync(JournalRows.Of(currency), JournalRows.Entry(sequence), cancellationToken);
        InvariantException.Require(row is not null, $"The journal of {currency} has no entry {sequence}.");
        return MarketplaceJson.Deserialize<LedgerEntry>(row.Body);
    }

    /// <summary>The recursions of RFC 9162, over leaves from one, included, to another, not included.</summary>
    private sealed class Tree(IPartitionStore store, Currency currency, CancellationToken cancellationToken)
    {
        public async Task<string> RootAsync(long from, long to)
        {
            var leaves = to - from;
            if (long.IsPow2(leaves)) return await ReadNodeAsync((int)long.Log2(leaves), to);
            var middle = from + MerkleTree.Split(leaves);
            return MerkleTree.Node(await RootAsync(from, middle), await RootAsync(middle, to));
        }

        public async Task<List<string>> PathAsync(long index, long from, long to)
        {
            if (to - from == 1) return [];
            var middle = from + MerkleTree.Split(to - from);
            var path = index < middle ? await PathAsync(index, from, middle) : await PathAsync(index, middle, to);
            path.Add(index < middle ? await RootAsync(middle, to) : await RootAsync(from, middle));
            return path;
        }

        public async Task<List<string>> ConsistencyAsync(long old, long from, long to, bool isOldRoot)
        {
            if (old == to) return isOldRoot ? [] : [await RootAsync(from, to)];
            var middle = from + MerkleTree.Split(to - from);
            var path = old <= middle ? await ConsistencyAsync(old, from, middle, isOldRoot) : await ConsistencyAsync(old, middle, to, isOldRoot: false);
            path.Add(old <= middle ? await RootAsync(middle, to) : await RootAsync(from, middle));
            return path;
        }

        /// <summary>The root of a full subtree stands with the entry that completed it, its last.</summary>
        private async Task<string> ReadNodeAsync(int level, long last)
        {
            var row = await store.ReadAsync(JournalRows.Of(currency), JournalRows.Nodes(last), cancellationToken);
            InvariantException.Require(row is not null, $"The tree of {currency} has no nodes for entry {last}: rebuild the journal's derived rows.");
            return MarketplaceJson.Deserialize<TreeNodes>(row.Body).Nodes[level];
        }
    }
}
