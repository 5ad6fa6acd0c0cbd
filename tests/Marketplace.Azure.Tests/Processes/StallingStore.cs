using Marketplace.Runtime.Store;

namespace Marketplace.Azure.Tests.Processes;

/// <summary>
/// Holds some commits up, after all was read and decided, for longer than the session's lock lasts: another process takes the session
/// meanwhile. Then the commit is sent as it was.
/// </summary>
internal sealed class StallingStore(IPartitionStore inner, int seed, double rate, TimeSpan stall) : IPartitionStore
{
    private readonly Random random = new(seed);
    private int stalls;
    private int fenced;

    public int Stalls => stalls;

    public int Fenced => fenced;

    public ValueTask<Entity?> ReadAsync(PartitionId partition, string rowKey, CancellationToken cancellationToken) =>
        inner.ReadAsync(partition, rowKey, cancellationToken);

    public ValueTask<EntityPage> ReadPageAsync(PartitionId partition, RowRange range, int limit, string? continuation, CancellationToken cancellationToken) =>
        inner.ReadPageAsync(partition, range, limit, continuation, cancellationToken);

    public async ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        bool isHeldUp;
        // Markers are not what a session is about.
        lock (random) isHeldUp = commit.Partition.Table != MarkerOutboxIndex.Table && random.NextDouble() < rate;
        if (!isHeldUp) return await inner.CommitAsync(commit, cancellationToken);

        Interlocked.Increment(ref stalls);
        await Task.Delay(stall, cancellationToken);
        var result = await inner.CommitAsync(commit, cancellationToken);
        if (result.Status != CommitStatus.Committed) Interlocked.Increment(ref fenced);
        return result;
    }
}
