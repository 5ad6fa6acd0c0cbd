using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Marketplace.Runtime.Time;
using NodaTime;

namespace Marketplace.Runtime.Store;

/// <summary>A note, written before a commit, that a partition may come to hold messages.</summary>
/// <param name="Name">What <see cref="MarkerOutboxIndex.ClearAsync"/> takes.</param>
/// <param name="Partition">The partition.</param>
/// <param name="WrittenAt">When, by the clock of who wrote it.</param>
public sealed record OutboxMarker(string Name, PartitionId Partition, Instant WrittenAt);

/// <summary>
/// The outbox index of a store that cannot scan itself. Before a commit that sends, a marker that names its partition is written
/// to an index partition; it goes once the messages are delivered, or published where a bus keeps them. The index partitions are the twelfths of the hour: what is
/// written now is not where old markers are found and removed, and a sweep reads all twelve.
/// </summary>
/// <param name="store">Where the markers and the outboxes are.</param>
/// <param name="time">Names the minute and tells a marker's age.</param>
/// <param name="ids">Tells markers apart.</param>
public sealed class MarkerOutboxIndex(IPartitionStore store, TimeProvider time, IIdSource ids) : IOutboxIndex
{
    /// <summary>The table of the markers.</summary>
    public const string Table = "outboxindex";

    /// <summary>
    /// After this age the commit that a marker announced has ended, one way or another; only then may a sweep that finds the
    /// outbox empty remove it. Commits must be given up sooner.
    /// </summary>
    public static readonly TimeSpan LongestCommit = TimeSpan.FromMinutes(10);

    /// <summary>All index partitions.</summary>
    public static IReadOnlyList<PartitionId> Buckets { get; } =
        [.. Enumerable.Range(0, 12).Select(i => new PartitionId(Table, string.Create(CultureInfo.InvariantCulture, $"minute-{i * 5:D2}")))];

    private static readonly RowRange AllMarkers = new("0", ":");

    /// <inheritdoc/>
    public async ValueTask<string> AnnounceAsync(PartitionId partition, string operationId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var bucket = Buckets[now.Minute / 5];
        var row = string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeMilliseconds():D13}!{ids.Next()}");
        var insert = new EntityOperation.Insert(row, Encoding.UTF8.GetBytes(partition.ToString()));
        var result = await store.CommitAsync(new Commit(bucket, null, [insert], default), cancellationToken);
        if (result.Status == CommitStatus.Committed) return ToMarker(bucket, row, result.ETags[row]);

        // Nobody else writes this row: the first answer was lost and the store's own retry met its effect.
        var own = await store.ReadAsync(bucket, row, cancellationToken) ?? throw new InvariantException($"The marker {row} conflicts with nothing.");
        return ToMarker(bucket, row, own.ETag);
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(string marker, CancellationToken cancellationToken)
    {
        // A conflict means that it is gone already.
        var parts = marker.Split('/', 3);
        await store.CommitAsync(new Commit(new PartitionId(Table, parts[0]), null, [new EntityOperation.Delete(parts[1], parts[2])], default), cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<PartitionId> SweepAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<PartitionId>();
        await foreach (var marker in ReadAsync(cancellationToken))
        {
            if (IsOld(marker) && await IsOutboxEmptyAsync(marker.Partition, cancellationToken))
            {
                await ClearAsync(marker.Name, cancellationToken);
            }
            else if (seen.Add(marker.Partition))
            {
                yield return marker.Partition;
            }
        }
    }

    /// <summary>All markers, the oldest of each index partition first.</summary>
    public async IAsyncEnumerable<OutboxMarker> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var bucket in Buckets)
        {
            await foreach (var row in store.ReadRangeAsync(bucket, AllMarkers, cancellationToken))
            {
                var named = Encoding.UTF8.GetString(row.Body.Span).Split('/', 2);
                var written = Instant.FromUnixTimeMilliseconds(long.Parse(row.RowKey.AsSpan(0, 13), CultureInfo.InvariantCulture));
                yield return new OutboxMarker(ToMarker(bucket, row.RowKey, row.ETag), new PartitionId(named[0], named[1]), written);
            }
        }
    }

    /// <summary>Whether the commit that a marker announced has ended, one way or another.</summary>
    public bool IsOld(OutboxMarker marker) => time.Now() - marker.WrittenAt > Duration.FromTimeSpan(LongestCommit);

    // Keys have no slash; an ETag may.
    private static string ToMarker(PartitionId bucket, string row, string etag) => $"{bucket.Partition}/{row}/{etag}";

    private async ValueTask<bool> IsOutboxEmptyAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        string? continuation = null;
        do
        {
            var page = await store.ReadPageAsync(partition, OutboxRows.All, 1, continuation, cancellationToken);
            if (page.Entities.Count > 0) return false;
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return true;
    }
}
