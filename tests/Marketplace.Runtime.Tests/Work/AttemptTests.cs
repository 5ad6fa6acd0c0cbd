using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Testing.Store;
using Marketplace.Testing.Time;

namespace Marketplace.Runtime.Tests.Work;

public sealed class AttemptTests
{
    private static readonly PartitionId Partition = new("test", "p");
    private readonly InMemoryPartitionStore store = new();

    private enum Refusal
    {
        Full,
    }

    [Fact]
    public async Task The_same_key_and_body_give_the_first_answer_again_and_change_nothing()
    {
        var workspace = Workspace();
        var first = await AddAsync(workspace, "k", 5);
        var second = await AddAsync(workspace, "k", 5);
        Assert.Equal((5, false), (first.Result.Value, first.Replayed));
        Assert.Equal((5, true), (second.Result.Value, second.Replayed));
        Assert.Equal(5, await SumAsync());
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_a_reused_key_and_changes_nothing()
    {
        var workspace = Workspace();
        await AddAsync(workspace, "k", 5);
        var other = await AddAsync(workspace, "k", 6);
        Assert.True(other.KeyReused);
        Assert.Throws<InvalidOperationException>(() => other.Result);
        Assert.Equal(5, await SumAsync());
    }

    [Fact]
    public async Task A_refusal_keeps_nothing_under_its_key()
    {
        var workspace = Workspace();
        Assert.Equal(Refusal.Full, (await AddAsync(workspace, "k", 1000)).Result.Refusal);
        Assert.Equal(7, (await AddAsync(workspace, "k", 7)).Result.Value);
    }

    [Fact]
    public async Task Concurrent_requests_under_one_key_have_one_effect_and_one_answer()
    {
        var workspace = Workspace();
        var attempts = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => AddAsync(workspace, "k", 5))));
        Assert.All(attempts, attempt => Assert.Equal(5, attempt.Result.Value));
        Assert.Equal(1, attempts.Count(attempt => !attempt.Replayed));
        Assert.Equal(5, await SumAsync());
    }

    [Fact]
    public async Task Concurrent_requests_under_different_keys_all_have_their_effect()
    {
        var workspace = Workspace();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() => AddAsync(workspace, $"k{n}", 1))));
        Assert.Equal(8, await SumAsync());
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_recognised_when_it_is_repeated()
    {
        var lost = 1;
        var workspace = Workspace(call => call.Commit?.OperationId == "idem:k" && Interlocked.Exchange(ref lost, 0) == 1 ? StoreFault.ThrowAfter : StoreFault.None);
        await Assert.ThrowsAsync<InjectedStoreFaultException>(() => AddAsync(workspace, "k", 5));
        Assert.True((await AddAsync(workspace, "k", 5)).Replayed);
        Assert.Equal(5, await SumAsync());
    }

    [Fact]
    public async Task A_partition_that_keeps_changing_is_given_up_on()
    {
        var workspace = Workspace(call => call.Commit is null ? StoreFault.None : StoreFault.Conflict);
        await Assert.ThrowsAsync<PartitionConflictException>(() => AddAsync(workspace, "k", 5));
        Assert.Equal(0, await SumAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_decision_on_a_row_that_changed_before_it_was_read_again_is_made_anew(bool isThere)
    {
        var workspace = Workspace();
        if (isThere) await AddAsync(workspace, "before", 1);
        var isFirst = true;
        await workspace.AttemptAsync<string, string, Refusal>(
            Partition,
            IdempotencyKey.Of("k"),
            "k",
            async work =>
            {
                var decidedOn = (await work.ReadAsync<Sum>("sum", CancellationToken.None))?.Value ?? 0;
                if (isFirst) await AddAsync(workspace, "meanwhile", 10);
                isFirst = false;
                await work.ReadAsync<Sum>("sum", CancellationToken.None);
                work.Put("sum", new Sum(decidedOn + 100));
                return "done";
            },
            CancellationToken.None);
        Assert.Equal(isThere ? 111 : 110, await SumAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(128)]
    public void A_key_of_any_length_names_one_intent_in_each_scope(int length)
    {
        var (key, other) = (IdempotencyKey.Of(new string('k', length)), IdempotencyKey.Of(new string('l', length)));
        Assert.Equal(key.Within("Payout"), key.Within("Payout"));
        Assert.Equal(4, new[] { key.Within("Payout"), key.Within("Billing"), other.Within("Payout"), key }.Distinct().Count());
    }

    private static Task<Attempt<int, Refusal>> AddAsync(Workspace workspace, string key, int amount) =>
        workspace.AttemptAsync<Request, int, Refusal>(
            Partition,
            IdempotencyKey.Of(key),
            new Request(amount),
            async work =>
            {
                var sum = await work.ReadAsync<Sum>("sum", CancellationToken.None);
                await Task.Yield();
                if (amount > 100) return Refusal.Full;
                work.Put("sum", new Sum((sum?.Value ?? 0) + amount));
                return amount;
            },
            CancellationToken.None);

    private async Task<int> SumAsync() =>
        await store.ReadAsync(Partition, "sum", CancellationToken.None) is { } row ? MarketplaceJson.Deserialize<Sum>(row.Body).Value : 0;

    private Workspace Workspace(Func<StoreCall, StoreFault>? faults = null)
    {
        var time = new VirtualTime(VirtualTime.Monday);
        IPartitionStore port = faults is null ? store : new FaultyPartitionStore(store, faults);
        return new Workspace(port, store, new NoPublisher(), new MessageRoutes([]), time, new UlidSource(time, new SeededEntropy(1)));
    }

    private sealed record Request(int Amount);

    private sealed record Sum(int Value);

    private sealed class NoPublisher : IMessagePublisher
    {
        public ValueTask PublishAsync(IReadOnlyList<OutboxMessage> messages) => ValueTask.CompletedTask;
    }
}
