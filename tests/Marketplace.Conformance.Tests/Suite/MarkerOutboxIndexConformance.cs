using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Testing.Store;
using Marketplace.Testing.Time;
using NodaTime;

namespace Marketplace.Conformance.Tests.Suite;

/// <summary>The marker index over any store: the common suite, and what becomes of its markers.</summary>
public abstract class MarkerOutboxIndexConformance : OutboxIndexConformance
{
    [Fact]
    public async Task Announced_commit_is_swept_before_it_is_committed()
    {
        var partition = NewPartition();
        await Index.AnnounceAsync(partition, "op", Token);

        Clock.Advance(Duration.FromTimeSpan(MarkerOutboxIndex.LongestCommit));

        Assert.Contains(partition, await Sweep());
    }

    [Fact]
    public async Task Marker_of_a_commit_that_never_came_is_removed_when_it_is_old()
    {
        var partition = NewPartition();
        await Index.AnnounceAsync(partition, "op", Token);
        var (holding, _, _) = await Send("m1");

        Clock.Advance(Duration.FromTimeSpan(MarkerOutboxIndex.LongestCommit) + Duration.FromSeconds(1));

        var swept = await Sweep();
        Assert.DoesNotContain(partition, swept);
        Assert.Contains(holding, swept);
        Assert.DoesNotContain(partition.ToString(), await Markers());
        Assert.Contains(holding.ToString(), await Markers());
    }

    [Fact]
    public async Task Markers_leave_nothing_behind()
    {
        var (partition, etag, marker) = await Send("m1");
        await Deliver(partition, "m1", etag);
        await Index.ClearAsync(marker, Token);

        Assert.DoesNotContain(partition.ToString(), await Markers());
    }

    [Fact]
    public async Task Announcement_whose_answer_was_lost_and_retried_by_the_client_library_still_gives_its_marker()
    {
        var repeating = new MarkerOutboxIndex(new CommitsTwice(Store), Clock, new UlidSource(Clock, new SeededEntropy(1)));
        var partition = NewPartition();

        var marker = await repeating.AnnounceAsync(partition, "op", Token);
        Assert.Contains(partition.ToString(), await Markers());
        await Index.ClearAsync(marker, Token);

        Assert.DoesNotContain(partition.ToString(), await Markers());
    }

    protected static MarkerOutboxIndex Over(IPartitionStore store, VirtualTime clock) => new(store, clock, new UlidSource(clock, new SystemEntropy()));

    private async Task<List<string>> Markers()
    {
        var markers = new List<string>();
        foreach (var bucket in MarkerOutboxIndex.Buckets)
        {
            await foreach (var row in Store.ReadRangeAsync(bucket, new RowRange("!", "~~~~"), Token)) markers.Add(System.Text.Encoding.UTF8.GetString(row.Body.Span));
        }

        return markers;
    }

    private sealed class CommitsTwice(IPartitionStore inner) : IPartitionStore
    {
        public ValueTask<Entity?> ReadAsync(PartitionId partition, string rowKey, CancellationToken cancellationToken) =>
            inner.ReadAsync(partition, rowKey, cancellationToken);

        public ValueTask<EntityPage> ReadPageAsync(PartitionId partition, RowRange range, int limit, string? continuation, CancellationToken cancellationToken) =>
            inner.ReadPageAsync(partition, range, limit, continuation, cancellationToken);

        public async ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
        {
            await inner.CommitAsync(commit, cancellationToken);
            return await inner.CommitAsync(commit, cancellationToken);
        }
    }
}
