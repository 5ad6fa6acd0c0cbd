using Marketplace.Runtime.Store;

namespace Marketplace.Conformance.Tests.Suite;

public abstract partial class PartitionStoreConformance
{
    [Fact]
    public async Task Missing_entity_reads_as_null()
    {
        Assert.Null(await Store.ReadAsync(Partition, "nothing", Token));
        Assert.Null(await Store.ReadAsync(new PartitionId("neverwritten", "p"), "nothing", Token));
    }

    [Fact]
    public async Task Inserted_entity_is_read_with_the_etag_of_its_commit()
    {
        var result = await Commit(Insert("a", "one"), Insert("b", "two"));

        Assert.Equal(CommitStatus.Committed, result.Status);
        var read = await Store.ReadAsync(Partition, "b", Token);
        Assert.Equal(("b", "two", result.ETags["b"]), (read!.RowKey, Text(read.Body), read.ETag));
        Assert.Equal(["a", "b"], result.ETags.Keys.Order());
        var listed = Assert.Single(await ReadRange(new RowRange("b", "c")));
        Assert.Equal((result.ETags["b"], "two"), (listed.ETag, Text(listed.Body)));
    }

    [Fact]
    public async Task Insert_over_an_entity_conflicts_and_changes_nothing()
    {
        var etag = await Put(Insert("a", "first"));

        Assert.Equal(CommitStatus.Conflict, (await Commit(Insert("a", "second"))).Status);

        var read = await Store.ReadAsync(Partition, "a", Token);
        Assert.Equal(("first", etag), (Text(read!.Body), read.ETag));
    }

    [Fact]
    public async Task Replacement_with_the_current_etag_changes_body_and_etag_even_if_the_body_is_equal()
    {
        var first = await Put(Insert("a", "same"));
        var second = await Put(Replace("a", first, "same"));
        var third = await Put(Replace("a", second, "other"));

        Assert.Equal(3, new[] { first, second, third }.Distinct().Count());
        Assert.Equal("other", await Read("a"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(65_536)]
    public async Task Replacement_leaves_nothing_of_a_longer_body(int length)
    {
        var etag = await Put(new EntityOperation.Insert("a", new byte[300_000]));
        await Put(new EntityOperation.Replace("a", new byte[length], etag));
        Assert.Equal(length, (await Store.ReadAsync(Partition, "a", Token))!.Body.Length);
    }

    [Fact]
    public async Task Replacement_or_deletion_with_a_stale_etag_conflicts()
    {
        var stale = await Put(Insert("a", "one"));
        await Put(Replace("a", stale, "two"));

        Assert.Equal(CommitStatus.Conflict, (await Commit(Replace("a", stale, "three"))).Status);
        Assert.Equal(CommitStatus.Conflict, (await Commit(Delete("a", stale))).Status);
        Assert.Equal("two", await Read("a"));
    }

    [Fact]
    public async Task Replacement_or_deletion_of_a_missing_entity_conflicts()
    {
        var etag = await Put(Insert("a"));

        Assert.Equal(CommitStatus.Conflict, (await Commit(Replace("b", etag, "x"))).Status);
        Assert.Equal(CommitStatus.Conflict, (await Commit(Delete("b", etag))).Status);
        Assert.Null(await Read("b"));
    }

    [Fact]
    public async Task Deletion_with_the_current_etag_removes()
    {
        var result = await Commit(Delete("a", await Put(Insert("a"))));

        Assert.Equal(CommitStatus.Committed, result.Status);
        Assert.Empty(result.ETags);
        Assert.Null(await Read("a"));
        Assert.Empty(await ReadKeys(new RowRange("a", "b")));
    }

    [Fact]
    public async Task Etag_of_a_deleted_entity_does_not_fit_its_successor()
    {
        var before = await Put(Insert("a", "first life"));
        await Put(Delete("a", before));
        var after = await Put(Insert("a", "second life"));

        Assert.NotEqual(before, after);
        Assert.Equal(CommitStatus.Conflict, (await Commit(Replace("a", before, "ghost"))).Status);
        Assert.Equal("second life", await Read("a"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task One_condition_that_fails_undoes_all_whatever_its_place(int place)
    {
        var stale = await Put(Insert("contested", "theirs"));
        await Put(Replace("contested", stale, "theirs again"));
        var replaced = await Put(Insert("replaced", "before"));
        var deleted = await Put(Insert("deleted", "still here"));
        List<EntityOperation> operations = [Insert("inserted"), Replace("replaced", replaced, "after"), Delete("deleted", deleted)];
        operations.Insert(place, Replace("contested", stale, "ours"));

        Assert.Equal(CommitStatus.Conflict, (await Commit([.. operations])).Status);

        Assert.Null(await Read("inserted"));
        Assert.Equal("before", await Read("replaced"));
        Assert.Equal("still here", await Read("deleted"));
        Assert.Equal("theirs again", await Read("contested"));
    }

    [Fact]
    public async Task Partitions_and_tables_know_nothing_of_each_other()
    {
        var sibling = Partition with { Partition = Partition.Partition + "-b" };
        var otherTable = Partition with { Table = "conformance2" };
        foreach (var (partition, text) in new[] { (Partition, "first"), (sibling, "second"), (otherTable, "third") })
        {
            Assert.Equal(CommitStatus.Committed, (await Store.CommitAsync(new Commit(partition, "same id", [Insert("a", text)], default), Token)).Status);
        }

        Assert.Equal("first", await Read("a"));
        Assert.Equal("second", Text((await Store.ReadAsync(sibling, "a", Token))!.Body));
        Assert.Equal("third", Text((await Store.ReadAsync(otherTable, "a", Token))!.Body));
        Assert.Single(await ReadRange(new RowRange("a", "b")));
    }
}
