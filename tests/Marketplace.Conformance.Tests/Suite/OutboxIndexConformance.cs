using Marketplace.Runtime.Store;
using Marketplace.Testing.Time;
using NodaTime;

namespace Marketplace.Conformance.Tests.Suite;

/// <summary>What every outbox index must do: never lose a partition that holds messages.</summary>
public abstract class OutboxIndexConformance : IAsyncLifetime
{
    private static int partitions;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected VirtualTime Clock { get; } = new(VirtualTime.Monday);

    protected IPartitionStore Store { get; private set; } = null!;

    protected IOutboxIndex Index { get; private set; } = null!;

    protected static PartitionId NewPartition() => new("outboxes", $"p-{Environment.ProcessId}-{Interlocked.Increment(ref partitions)}");

    public async ValueTask InitializeAsync() => (Store, Index) = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Partition_with_an_undelivered_message_is_swept_however_old_it_gets()
    {
        var (partition, _, _) = await Send("m1");

        Assert.Contains(partition, await Sweep());
        Clock.Advance(Duration.FromDays(40));
        Assert.Contains(partition, await Sweep());
        Assert.Contains(partition, await Sweep());
    }

    [Fact]
    public async Task Partition_is_forgotten_once_its_messages_are_deleted_and_their_marker_cleared()
    {
        var (partition, etag, marker) = await Send("m1");
        await Deliver(partition, "m1", etag);
        await Index.ClearAsync(marker, Token);
        await Index.ClearAsync(marker, Token);

        Assert.DoesNotContain(partition, await Sweep());
    }

    [Fact]
    public async Task Clearing_one_commits_marker_keeps_the_partition_of_another()
    {
        var (partition, etag, marker) = await Send("m1");
        await Send("m2", partition);
        await Deliver(partition, "m1", etag);
        await Index.ClearAsync(marker, Token);

        Assert.Contains(partition, await Sweep());
    }

    [Fact]
    public async Task Same_operation_announced_twice_at_once_keeps_its_partition_when_one_is_cleared()
    {
        var partition = NewPartition();
        var loser = await Index.AnnounceAsync(partition, "op", Token);
        await Send("m1", partition);
        await Index.ClearAsync(loser, Token);

        Assert.Contains(partition, await Sweep());
    }

    [Fact]
    public async Task Partition_is_given_once_however_many_messages_it_holds()
    {
        var (partition, _, _) = await Send("m1");
        await Send("m2", partition);
        Clock.Advance(Duration.FromMinutes(7));
        await Send("m3", partition);

        Assert.Single(await Sweep(), swept => swept == partition);
    }

    [Fact]
    public async Task Rows_that_merely_resemble_messages_are_no_messages()
    {
        var partition = NewPartition();
        EntityOperation[] rows = [.. new[] { "outbox", "outbox\"", "outboy", "Outbox!a", "outbox-1" }.Select(row => new EntityOperation.Insert(row, default))];
        await Store.CommitAsync(new Commit(partition, "op", rows, default), Token);

        Assert.DoesNotContain(partition, await Sweep());
    }

    [Fact]
    public async Task Hundreds_of_partitions_are_all_swept()
    {
        var sent = new HashSet<PartitionId>();
        for (var i = 0; i < Many; i++)
        {
            sent.Add((await Send("m1")).Partition);
            Clock.Advance(Duration.FromSeconds(40));
        }

        Assert.Superset(sent, (await Sweep()).ToHashSet());
    }

    protected virtual int Many => 600;

    protected abstract ValueTask<(IPartitionStore Store, IOutboxIndex Index)> OpenAsync();

    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;

    protected async Task<List<PartitionId>> Sweep()
    {
        var swept = new List<PartitionId>();
        await foreach (var partition in Index.SweepAsync(Token)) swept.Add(partition);
        return swept;
    }

    /// <summary>Announces and commits, as the pipeline does, and then dies: nobody delivers.</summary>
    protected async Task<(PartitionId Partition, string ETag, string Marker)> Send(string message, PartitionId? to = null)
    {
        var partition = to ?? NewPartition();
        var row = OutboxRows.Prefix + message;
        var marker = await Index.AnnounceAsync(partition, "op-" + message, Token);
        var result = await Store.CommitAsync(new Commit(partition, "op-" + message, [new EntityOperation.Insert(row, default)], default), Token);
        return (partition, result.ETags[row], marker);
    }

    protected async Task Deliver(PartitionId partition, string message, string etag)
    {
        var result = await Store.CommitAsync(new Commit(partition, null, [new EntityOperation.Delete(OutboxRows.Prefix + message, etag)], default), Token);
        Assert.Equal(CommitStatus.Committed, result.Status);
    }
}
