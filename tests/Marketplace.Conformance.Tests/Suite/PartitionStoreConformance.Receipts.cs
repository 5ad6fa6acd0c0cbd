using Marketplace.Runtime.Store;
using Marketplace.Testing.Store;

namespace Marketplace.Conformance.Tests.Suite;

public abstract partial class PartitionStoreConformance
{
    [Fact]
    public async Task Repeated_commit_changes_nothing_and_gives_the_first_receipt()
    {
        var first = new Commit(Partition, "op", [Insert("a", "first")], Bytes("first receipt"));
        Assert.Equal(CommitStatus.Committed, (await Store.CommitAsync(first, Token)).Status);

        var again = await Store.CommitAsync(first, Token);
        var other = await Store.CommitAsync(new Commit(Partition, "op", [Insert("b")], Bytes("second receipt")), Token);

        Assert.All([again, other], result => Assert.Equal((CommitStatus.AlreadyCommitted, "first receipt"), (result.Status, Text(result.Receipt))));
        Assert.Equal("first", await Read("a"));
        Assert.Null(await Read("b"));
    }

    [Fact]
    public async Task Commit_can_leave_the_receipts_of_several_operations_and_is_none_if_there_is_one_of_them()
    {
        Commit Of(params string[] operations) => new(
            Partition, operations[0], [Insert("row-" + operations[0]), .. operations.Skip(1).Select(o => new EntityOperation.Insert(Runtime.Store.Commit.ReceiptKey(o), default))], default);
        async Task<CommitStatus> Status(Commit commit) => (await Store.CommitAsync(commit, Token)).Status;

        Assert.Equal(CommitStatus.Committed, await Status(Of("a", "b", "c")));
        Assert.Equal(CommitStatus.AlreadyCommitted, await Status(Of("a", "d")));
        Assert.Equal(CommitStatus.AlreadyCommitted, await Status(Of("b")));
        Assert.Equal(CommitStatus.Conflict, await Status(Of("d", "c")));
        Assert.Equal(CommitStatus.Committed, await Status(Of("d")));
        Assert.Equal(["row-a", "row-d"], await ReadKeys(RowRange.StartingWith("row-")));
    }

    [Fact]
    public async Task Commit_that_conflicted_leaves_no_receipt()
    {
        await Put(Insert("a", "theirs"));
        Assert.Equal(CommitStatus.Conflict, (await Store.CommitAsync(new Commit(Partition, "op", [Insert("a")], default), Token)).Status);
        Assert.Equal(CommitStatus.Committed, (await Store.CommitAsync(new Commit(Partition, "op", [Insert("b")], default), Token)).Status);
    }

    [Fact]
    public async Task Commit_without_operations_leaves_its_receipt()
    {
        var nothing = new Commit(Partition, "op", [], Bytes("seen"));
        Assert.Equal(CommitStatus.Committed, (await Store.CommitAsync(nothing, Token)).Status);
        Assert.Equal("seen", Text((await Store.CommitAsync(nothing, Token)).Receipt));
        Assert.Equal("seen", await Read(nothing.ReceiptRowKey!));
    }

    [Fact]
    public async Task Commit_without_an_operation_id_leaves_no_receipt_and_can_conflict_with_itself()
    {
        var commit = new Commit(Partition, null, [Insert("a")], default);
        Assert.Equal(CommitStatus.Committed, (await Store.CommitAsync(commit, Token)).Status);
        Assert.Equal(CommitStatus.Conflict, (await Store.CommitAsync(commit, Token)).Status);
        Assert.Equal(["a"], await ReadKeys(new RowRange("!", "~~~~")));
    }

    [Fact]
    public async Task Of_many_commits_with_one_id_at_once_exactly_one_is_applied()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
            await Store.CommitAsync(new Commit(Partition, "op", [Insert($"row-{i}", "mine")], Bytes($"receipt {i}")), Token))));

        var winner = Assert.Single(Enumerable.Range(0, 8), i => results[i].Status == CommitStatus.Committed);
        Assert.Equal([$"row-{winner}"], await ReadKeys(RowRange.StartingWith("row-")));
        Assert.All(results.Where((_, i) => i != winner), result =>
            Assert.Equal((CommitStatus.AlreadyCommitted, $"receipt {winner}"), (result.Status, Text(result.Receipt))));
    }

    [Fact]
    public async Task Retry_after_a_lost_answer_is_recognised_and_applied_once()
    {
        var etag = await Put(Insert("balance", "1"));
        var faults = new Queue<StoreFault>([StoreFault.ThrowAfter, StoreFault.None]);
        var flaky = new FaultyPartitionStore(Store, _ => faults.Dequeue());
        var commit = new Commit(Partition, "op", [Replace("balance", etag, "2")], Bytes("receipt"));

        await Assert.ThrowsAsync<InjectedStoreFaultException>(async () => await flaky.CommitAsync(commit, Token));
        var retried = await flaky.CommitAsync(commit, Token);

        Assert.Equal((CommitStatus.AlreadyCommitted, "receipt"), (retried.Status, Text(retried.Receipt)));
        Assert.Equal("2", await Read("balance"));
    }

    [Fact]
    public async Task Retry_after_a_fault_before_the_commit_is_applied()
    {
        var faults = new Queue<StoreFault>([StoreFault.ThrowBefore, StoreFault.Conflict, StoreFault.None]);
        var flaky = new FaultyPartitionStore(Store, _ => faults.Dequeue());
        var commit = new Commit(Partition, "op", [Insert("a")], default);

        await Assert.ThrowsAsync<InjectedStoreFaultException>(async () => await flaky.CommitAsync(commit, Token));
        Assert.Null(await Read("a"));
        Assert.Equal(CommitStatus.Conflict, (await flaky.CommitAsync(commit, Token)).Status);
        Assert.Null(await Read("a"));
        Assert.Equal(CommitStatus.Committed, (await flaky.CommitAsync(commit, Token)).Status);
        Assert.Equal("new", await Read("a"));
    }

    [Fact]
    public async Task Empty_pages_on_the_way_lose_and_repeat_nothing()
    {
        var keys = Enumerable.Range(0, 10).Select(i => $"row-{i}").ToArray();
        await Commit([.. keys.Select(key => Insert(key))]);
        var flaky = new FaultyPartitionStore(Store, call => call.Number % 3 == 0 ? StoreFault.None : StoreFault.EmptyPage);

        var read = new List<string>();
        string? continuation = null;
        do
        {
            var page = await flaky.ReadPageAsync(Partition, RowRange.StartingWith("row-"), 4, continuation, Token);
            read.AddRange(page.Entities.Select(entity => entity.RowKey));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        Assert.Equal(keys, read);
    }
}
