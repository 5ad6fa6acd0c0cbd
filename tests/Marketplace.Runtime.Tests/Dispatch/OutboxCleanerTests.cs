using System.Text.Json;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Store;
using Marketplace.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marketplace.Runtime.Tests.Dispatch;

public sealed class OutboxCleanerTests
{
    private static readonly PartitionId Sender = new("test", "sender");

    [Fact]
    public async Task One_row_that_is_gone_already_does_not_keep_the_others()
    {
        var rows = await CommitAsync(150);
        var gone = rows[70];
        await store.CommitAsync(new Commit(Sender, null, [new EntityOperation.Delete(OutboxRows.Key(gone.Message), gone.ETag)], default), CancellationToken.None);
        await CleanAsync(rows);
        Assert.Empty((await store.ReadPageAsync(Sender, OutboxRows.All, 1000, null, CancellationToken.None)).Entities);
    }

    [Fact]
    public async Task A_marker_is_cleared_after_the_last_message_of_its_commit_and_not_before()
    {
        var rows = await CommitAsync(3);
        cleaner.Expect("marker", 3);
        await CleanAsync([.. rows.Take(2).Select(r => r with { Marker = "marker" })], complete: false);
        Assert.Empty(index.Cleared);
        await CleanAsync([.. rows.Skip(2).Select(r => r with { Marker = "marker" })]);
        Assert.Equal(["marker"], index.Cleared);
    }

    [Fact]
    public async Task Rows_of_several_partitions_are_deleted_at_the_same_time()
    {
        var waiting = new WaitsForCompany(store, commits: 3);
        var many = new OutboxCleaner(waiting, index, board, NullLogger.Instance);
        many.Clean([.. (await CommitAsync(3)).Select((row, i) => row with { Partition = Sender with { Partition = $"sender-{i}" } })]);
        many.Complete();
        await many.RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(waiting.CameTogether);
    }

    private readonly InMemoryPartitionStore store = new();
    private readonly DeliveryBoard board = new();
    private readonly Index index = new();
    private readonly OutboxCleaner cleaner;
    private Task? running;

    public OutboxCleanerTests() => cleaner = new OutboxCleaner(store, index, board, NullLogger.Instance);

    private async Task<List<OutboxMessage>> CommitAsync(int count)
    {
        var rows = new List<OutboxMessage>();
        for (var number = 0; number < count; number++)
        {
            var message = new Message(
                Id<MessageKind>.From(Ulid.Create(number, 0)), "type", "queue", "session", VirtualTime.Monday, null, null, JsonSerializer.SerializeToElement(number));
            var row = OutboxRows.Key(message);
            var result = await store.CommitAsync(
                new Commit(Sender, null, [new EntityOperation.Insert(row, MarketplaceJson.Serialize(message))], default), CancellationToken.None);
            rows.Add(new OutboxMessage(Sender, result.ETags[row], message, null));
        }

        return rows;
    }

    private async Task CleanAsync(List<OutboxMessage> rows, bool complete = true)
    {
        cleaner.Clean(rows);
        running ??= cleaner.RunAsync(CancellationToken.None);
        await board.WhenIdleAsync().WaitAsync(TimeSpan.FromSeconds(10));
        if (!complete) return;
        cleaner.Complete();
        await running;
    }

    private sealed class Index : IOutboxIndex
    {
        public List<string> Cleared { get; } = [];

        public ValueTask<string> AnnounceAsync(PartitionId partition, string operationId, CancellationToken cancellationToken) => ValueTask.FromResult("");

        public ValueTask ClearAsync(string marker, CancellationToken cancellationToken)
        {
            Cleared.Add(marker);
            return ValueTask.CompletedTask;
        }

        public IAsyncEnumerable<PartitionId> SweepAsync(CancellationToken cancellationToken) => AsyncEnumerable.Empty<PartitionId>();
    }

    /// <summary>Answers commits only when enough of them are under way.</summary>
    private sealed class WaitsForCompany(IPartitionStore inner, int commits) : IPartitionStore
    {
        private readonly TaskCompletionSource all = new();
        private int came;

        public bool CameTogether => all.Task.IsCompleted;

        public ValueTask<Entity?> ReadAsync(PartitionId partition, string rowKey, CancellationToken cancellationToken) =>
            inner.ReadAsync(partition, rowKey, cancellationToken);

        public ValueTask<EntityPage> ReadPageAsync(
            PartitionId partition, RowRange range, int limit, string? continuation, CancellationToken cancellationToken) =>
            inner.ReadPageAsync(partition, range, limit, continuation, cancellationToken);

        public async ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref came) == commits) all.SetResult();
            await all.Task;
            return await inner.CommitAsync(commit, cancellationToken);
        }
    }
}
