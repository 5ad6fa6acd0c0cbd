using Marketplace.Contracts;
using static Marketplace.Ledger.Tests.JournalMarket;

namespace Marketplace.Ledger.Tests;

public sealed class ProofTests
{
    private const int Entries = 37;

    [Fact]
    public async Task Every_root_is_that_of_the_definition_of_RFC_9162()
    {
        await using var journal = await WrittenAsync();
        var leaves = (await journal.EntriesAsync()).OrderBy(e => e.Sequence).Select(e => MerkleTree.LeafOf(e.Hash)).ToArray();
        for (var size = 0; size <= Entries; size++) Assert.Equal(Root(leaves.AsSpan(0, size)), (await HeadAsync(journal, size)).Root);
        var now = await journal.Market.Get<ProveEntries>().ReadHeadAsync(Currency.Usd, null, default);
        Assert.Equal(await HeadAsync(journal, Entries), now);
    }

    [Fact]
    public async Task Every_entry_is_proven_at_every_size_that_holds_it_and_no_other_hash_is()
    {
        await using var journal = await WrittenAsync();
        var prove = journal.Market.Get<ProveEntries>();
        var entries = await journal.EntriesAsync();
        for (var size = 1; size <= Entries; size++)
        {
            var root = (await HeadAsync(journal, size)).Root;
            foreach (var entry in entries.Where(e => e.Sequence <= size))
            {
                var proof = (await prove.ProveAsync(Currency.Usd, entry, size, default))!;
                Assert.True(MerkleTree.VerifyInclusion(MerkleTree.LeafOf(entry.Hash), entry.Sequence - 1, size, proof.Path, root));
                Assert.False(MerkleTree.VerifyInclusion(MerkleTree.LeafOf(root), entry.Sequence - 1, size, proof.Path, root));
                if (size > 1) Assert.False(MerkleTree.VerifyInclusion(MerkleTree.LeafOf(entry.Hash), entry.Sequence % size, size, proof.Path, root));
                Assert.False(MerkleTree.VerifyInclusion(MerkleTree.LeafOf(entry.Hash), entry.Sequence - 1, size, [.. proof.Path, root], root));
            }

            foreach (var later in entries.Where(e => e.Sequence > size)) Assert.Null(await prove.ProveAsync(Currency.Usd, later, size, default));
        }
    }

    [Fact]
    public async Task Every_size_continues_every_earlier_one_and_none_continues_another_root()
    {
        await using var journal = await WrittenAsync();
        var prove = journal.Market.Get<ProveEntries>();
        for (var to = 0; to <= Entries; to++)
        {
            var newer = await HeadAsync(journal, to);
            for (var from = 0; from <= to; from++)
            {
                var older = await HeadAsync(journal, from);
                var path = (await prove.ProveConsistencyAsync(Currency.Usd, from, to, default))!.Path;
                Assert.True(MerkleTree.VerifyConsistency(from, older.Root, to, newer.Root, path), $"{from} to {to}");
                if (from > 0) Assert.False(MerkleTree.VerifyConsistency(from, new string('a', 64), to, newer.Root, path));
                Assert.False(MerkleTree.VerifyConsistency(from, older.Root, to, new string('a', 64), path) && to > 0 && from > 0);
            }
        }

        Assert.Null(await prove.ProveConsistencyAsync(Currency.Usd, 3, 2, default));
        Assert.Null(await prove.ProveConsistencyAsync(Currency.Usd, 3, Entries + 1, default));
    }

    [Fact]
    public async Task A_history_that_was_rewritten_and_hashed_anew_does_not_continue_a_kept_head()
    {
        await using var journal = await WrittenAsync();
        var kept = await HeadAsync(journal, 20);
        await using var forged = new JournalMarket();
        await forged.RecordAsync([.. Enumerable.Range(1, Entries).Select(i => Sale(i, i == 5 ? 999 : 100 + i, 10))]);
        Assert.Empty((await forged.CheckAsync()).Findings);
        var path = (await forged.Market.Get<ProveEntries>().ProveConsistencyAsync(Currency.Usd, 20, Entries, default))!.Path;
        Assert.False(MerkleTree.VerifyConsistency(20, kept.Root, Entries, (await HeadAsync(forged, Entries)).Root, path));
    }

    private static async Task<JournalMarket> WrittenAsync()
    {
        var journal = new JournalMarket();
        await journal.RecordAsync([.. Enumerable.Range(1, Entries).Select(i => Sale(i, 100 + i, 10))]);
        return journal;
    }

    private static async Task<PublishedHead> HeadAsync(JournalMarket journal, long size) =>
        (await journal.Market.Get<ProveEntries>().ReadHeadAsync(Currency.Usd, size, default))!;

    /// <summary>MTH of RFC 9162, section 2.1.1, word for word.</summary>
    private static string Root(ReadOnlySpan<string> leaves)
    {
        if (leaves.Length == 0) return MerkleTree.EmptyRoot;
        if (leaves.Length == 1) return leaves[0];
        var k = 1;
        while (k * 2 < leaves.Length) k *= 2;
        return MerkleTree.Node(Root(leaves[..k]), Root(leaves[k..]));
    }
}
