using Marketplace.Runtime.Store;

namespace Marketplace.Conformance.Tests.Suite;

public abstract partial class PartitionStoreConformance
{
    // Every character that a key may have, alone and between letters, and neighbours that a culture would order otherwise.
    private static readonly string[] OddKeys =
    [
        .. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Where(c => !"/\\#?".Contains(c, StringComparison.Ordinal))
            .Select(c => c.ToString()),
        "a!", "a'b", "a''b", "a%20b", "a%", "a+b", "aA", "aa", "a-a", "a~", "Aa", "AB", "outbox!", "outbox\"", "0", "00", "1", "10", "2",
    ];

    private static string[] SortedOddKeys { get; } = [.. OddKeys.Distinct().Order(StringComparer.Ordinal)];

    [Fact]
    public async Task Ranges_are_in_ordinal_order_whatever_the_characters()
    {
        var keys = SortedOddKeys;
        await InsertWithoutReceipts(keys);

        RowRange[] ranges = [new("!", "~~"), new("a", "b"), new("A", "a"), new("a'", "a~"), new("!", "$"), new("%", "&"), new("0", "1"), RowRange.StartingWith("a")];
        foreach (var range in ranges)
        {
            var expected = keys.Where(key => string.CompareOrdinal(key, range.From) >= 0 && string.CompareOrdinal(key, range.To) < 0);
            Assert.Equal(expected, await ReadKeys(range));
        }

        foreach (var key in keys) Assert.Equal(key, await Read(key));
    }

    [Fact]
    public async Task Range_after_a_key_starts_at_the_next_one()
    {
        await InsertWithoutReceipts(SortedOddKeys);
        for (var i = 0; i < SortedOddKeys.Length; i += 7)
        {
            Assert.Equal(SortedOddKeys[(i + 1)..], await ReadKeys(new RowRange("!", "~~").After(SortedOddKeys[i])));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(20)]
    public async Task Pages_of_any_size_give_the_same_range_once(int limit)
    {
        var keys = Enumerable.Range(0, 20).Select(i => $"row-{i:D2}").ToArray();
        await Commit([.. keys.Select(key => Insert(key)), Insert("before"), Insert("such")]);

        Assert.Equal(keys, await ReadKeys(RowRange.StartingWith("row-"), limit));
    }

    [Fact]
    public async Task Range_of_more_than_a_thousand_entities_is_read_to_its_end()
    {
        var keys = Enumerable.Range(0, 1_050).Select(i => $"row-{i:D4}").ToArray();
        foreach (var chunk in keys.Chunk(99)) await Commit([.. chunk.Select(key => Insert(key))]);

        var read = new List<string>();
        await foreach (var entity in Store.ReadRangeAsync(Partition, RowRange.StartingWith("row-"), Token)) read.Add(entity.RowKey);
        Assert.Equal(keys, read);
    }

    [Fact]
    public async Task Range_without_entities_ends()
    {
        await Put(Insert("a"));
        Assert.Empty(await ReadKeys(new RowRange("b", "c")));
        Assert.Empty(await ReadKeys(new RowRange("a", "a")));
        Assert.Empty(await ReadKeys(new RowRange("c", "b")));
    }

    [Fact]
    public async Task Entities_deleted_or_added_between_pages_do_not_disturb_the_others()
    {
        var etags = (await Commit([.. "abcdef".Select(c => Insert($"row-{c}"))])).ETags;
        var first = await Store.ReadPageAsync(Partition, RowRange.StartingWith("row-"), 2, null, Token);
        while (first.Entities.Count == 0) first = await Store.ReadPageAsync(Partition, RowRange.StartingWith("row-"), 2, first.Continuation, Token);
        await Commit(Delete("row-a", etags["row-a"]), Delete("row-c", etags["row-c"]), Insert("row-aa"), Insert("row-ee"));

        var rest = new List<string>();
        for (var at = first.Continuation; at is not null;)
        {
            var page = await Store.ReadPageAsync(Partition, RowRange.StartingWith("row-"), 2, at, Token);
            rest.AddRange(page.Entities.Select(entity => entity.RowKey));
            at = page.Continuation;
        }

        Assert.Equal(["row-a", "row-b"], first.Entities.Select(entity => entity.RowKey));
        Assert.Equal(["row-d", "row-e", "row-ee", "row-f"], rest);
    }

    private async Task InsertWithoutReceipts(string[] keys)
    {
        foreach (var half in keys.Reverse().Chunk(60))
        {
            var commit = new Commit(Partition, null, [.. half.Select(key => Insert(key, key))], default);
            Assert.Equal(CommitStatus.Committed, (await Store.CommitAsync(commit, Token)).Status);
        }
    }
}
