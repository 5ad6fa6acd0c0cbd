using System.Globalization;
using Marketplace.Runtime.Store;

namespace Marketplace.Conformance.Tests.Suite;

public abstract partial class PartitionStoreConformance
{
    [Fact]
    public async Task Counter_that_many_increment_at_once_loses_no_increment()
    {
        const int writers = 8;
        const int increments = 12;
        await Put(Insert("counter", "0"));

        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < increments; i++) await Increment($"op-{writer}-{i}");
        })));

        Assert.Equal("96", await Read("counter"));
    }

    [Fact]
    public async Task Two_rows_changed_together_are_never_seen_apart_in_a_page()
    {
        await Commit(Insert("pair-a", "0"), Insert("pair-b", "0"));
        var writer = Task.Run(async () =>
        {
            for (var i = 1; i <= 40; i++)
            {
                var rows = await ReadRange(RowRange.StartingWith("pair-"));
                await Commit([.. rows.Select(row => Replace(row.RowKey, row.ETag, $"{i}"))]);
            }
        });

        while (!writer.IsCompleted)
        {
            var rows = await ReadRange(RowRange.StartingWith("pair-"));
            Assert.Equal(Text(rows[0].Body), Text(rows[1].Body));
        }

        await writer;
        Assert.Equal("40", await Read("pair-a"));
    }

    [Fact]
    public async Task Commit_is_seen_by_every_read_that_begins_after_its_answer()
    {
        var etag = await Put(Insert("a", "0"));
        for (var i = 1; i <= 20; i++)
        {
            etag = await Put(Replace("a", etag, $"{i}"));
            var reads = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Read("a"))));
            Assert.All(reads, read => Assert.Equal($"{i}", read));
        }
    }

    [Fact]
    public async Task Restart_sees_all_that_was_committed_and_its_etags_still_fit()
    {
        var result = await Store.CommitAsync(new Commit(Partition, "op", [Insert("a", "kept"), Insert("b", "kept too")], Bytes("receipt")), Token);

        Store = await RestartAsync();

        Assert.Equal(["a", "b"], await ReadKeys(new RowRange("a", "c")));
        Assert.Equal("receipt", Text((await Store.CommitAsync(new Commit(Partition, "op", [], default), Token)).Receipt));
        var after = await Put(Replace("a", result.ETags["a"], "changed"));
        Assert.NotEqual(result.ETags["a"], after);
    }

    [Fact]
    public async Task Call_that_is_cancelled_before_it_begins_does_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.CommitAsync(new Commit(Partition, "op", [Insert("a")], default), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.ReadAsync(Partition, "a", cancelled));
        Assert.Null(await Read("a"));
    }

    private async Task Increment(string operationId)
    {
        while (true)
        {
            var read = await Store.ReadAsync(Partition, "counter", Token);
            var next = int.Parse(Text(read!.Body), CultureInfo.InvariantCulture) + 1;
            var commit = new Commit(Partition, operationId, [Replace("counter", read.ETag, $"{next}")], default);
            var result = await Store.CommitAsync(commit, Token);
            Assert.NotEqual(CommitStatus.AlreadyCommitted, result.Status);
            if (result.Status == CommitStatus.Committed) return;
        }
    }
}
