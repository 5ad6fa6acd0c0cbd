using Marketplace.Runtime.Store;

namespace Marketplace.Conformance.Tests.Suite;

public abstract partial class PartitionStoreConformance
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(Runtime.Store.Commit.MaxBodyBytes)]
    public async Task Body_of_any_legal_length_comes_back_byte_for_byte(int length)
    {
        var body = Enumerable.Range(0, length).Select(i => (byte)((i * 31 >> 3) & 255)).ToArray();
        var etag = await Put(new EntityOperation.Insert("a", body));
        Assert.Equal(body, (await Store.ReadAsync(Partition, "a", Token))!.Body.ToArray());

        await Put(new EntityOperation.Replace("a", body, etag));
        Assert.Equal(body, Assert.Single(await ReadRange(new RowRange("a", "b"))).Body.ToArray());
    }

    [Fact]
    public async Task Ninety_nine_operations_of_every_kind_are_one_commit()
    {
        var first = await Commit([.. Enumerable.Range(0, 66).Select(i => Insert($"row-{i:D2}", "old"))]);
        var operations = Enumerable.Range(0, 99).Select(i => i switch
        {
            < 33 => Replace($"row-{i:D2}", first.ETags[$"row-{i:D2}"], "replaced"),
            < 66 => Delete($"row-{i:D2}", first.ETags[$"row-{i:D2}"]),
            _ => Insert($"row-{i:D2}", "inserted"),
        });

        var second = await Commit([.. operations]);

        Assert.Equal(CommitStatus.Committed, second.Status);
        var rows = await ReadRange(RowRange.StartingWith("row-"));
        Assert.Equal(66, rows.Count);
        Assert.Equal(33, rows.Count(row => Text(row.Body) == "replaced"));
        Assert.All(rows, row => Assert.Equal(second.ETags[row.RowKey], row.ETag));
    }

    [Fact]
    public async Task Commit_of_the_largest_legal_size_is_taken_and_read_back_in_pages()
    {
        var quarter = new byte[Runtime.Store.Commit.MaxCommitBytes / 4];
        var operations = "abcd".Select(c => (EntityOperation)new EntityOperation.Insert($"big-{c}", quarter)).ToArray();

        Assert.Equal(CommitStatus.Committed, (await Commit(operations)).Status);

        var read = await ReadRange(RowRange.StartingWith("big-"));
        Assert.Equal(["big-a", "big-b", "big-c", "big-d"], read.Where(row => row.Body.Length == quarter.Length).Select(row => row.RowKey));
    }

    [Fact]
    public async Task What_a_real_table_would_refuse_is_refused_everywhere_and_changes_nothing()
    {
        var quarter = new byte[(Runtime.Store.Commit.MaxCommitBytes / 4) + 1];
        Commit With(params EntityOperation[] operations) => new(Partition, "op", operations, default);
        Commit[] refused =
        [
            With([.. Enumerable.Range(0, 100).Select(i => Insert($"row-{i}"))]),
            With(new EntityOperation.Insert("row", new byte[Runtime.Store.Commit.MaxBodyBytes + 1])),
            With([.. "abcd".Select(c => new EntityOperation.Insert($"row-{c}", quarter))]),
            With(Insert("row"), Delete("row", "etag")),
            With(Insert(Runtime.Store.Commit.ReceiptKey("forged"), "with a body")),
            With(Delete(Runtime.Store.Commit.ReceiptKey("forged"), "etag")),
            With(new EntityOperation.Insert(Runtime.Store.Commit.ReceiptKey("op"), default)),
            With(Insert("row/with/slashes")),
            With(Insert("row with spaces")),
            With(Insert("row\n")),
            With(Insert("räw")),
            With(Insert("")),
            With(Insert(new string('k', 501))),
            With(Insert("row")) with { Partition = Partition with { Table = "Capitals" } },
            With(Insert("row")) with { Partition = Partition with { Partition = "what?" } },
            With(Insert("row")) with { OperationId = "" },
            With(Insert("row")) with { OperationId = new string('o', 301) },
            With(Insert("row")) with { OperationId = new string('ö', 100) },
            With(Insert("row")) with { OperationId = null, Receipt = Bytes("kept nowhere") },
            With() with { OperationId = null },
        ];

        foreach (var commit in refused) await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.CommitAsync(commit, Token));

        Assert.Empty(await ReadKeys(new RowRange("!", "~~~~")));
    }

    [Fact]
    public async Task Longest_keys_and_odd_operation_ids_are_kept()
    {
        var partition = new PartitionId("conformance", $"{Partition.Partition}-".PadRight(200, 'p'));
        var row = new string('r', 500);
        foreach (var id in new[] { new string('o', 300), "idem:a b/c\\d#e?f%g'h\"i", "größe-字" })
        {
            var commit = new Commit(partition, id, [], Bytes("receipt of " + id));
            Assert.Equal(CommitStatus.Committed, (await Store.CommitAsync(commit, Token)).Status);
            Assert.Equal("receipt of " + id, Text((await Store.CommitAsync(commit, Token)).Receipt));
            Assert.Equal("receipt of " + id, Text((await Store.ReadAsync(partition, Runtime.Store.Commit.ReceiptKey(id), Token))!.Body));
        }

        await Store.CommitAsync(new Commit(partition, "row", [Insert(row, "kept")], default), Token);
        Assert.Equal("kept", Text((await Store.ReadAsync(partition, row, Token))!.Body));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task Page_limit_is_1_to_1000(int limit) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Store.ReadPageAsync(Partition, new RowRange("a", "b"), limit, null, Token));
}
