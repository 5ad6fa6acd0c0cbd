namespace Marketplace.Trading.ReadMarket.Follow;

/// <summary>
/// One who follows a book: a place in its changes and nothing else. Gives changes without a gap; where that is not possible, says so
/// and gives a snapshot to go on from. Used by one caller at a time; must be disposed.
/// </summary>
public sealed class BookFollower : IDisposable
{
    private readonly BookFeed feed;
    private readonly Action leave;

    // The last event that it was told of; null when a snapshot comes next.
    private long? sequence;

    internal BookFollower(BookFeed feed, long? after, Action leave) => (this.feed, this.leave, sequence) = (feed, leave, after);

    /// <summary>The next event; waits until there is one.</summary>
    public async Task<MarketEvent> NextAsync(CancellationToken cancellationToken)
    {
        await feed.EnsureLoadedAsync(cancellationToken);
        while (sequence is { } known)
        {
            var (changes, more) = feed.Recent.After(known);
            if (changes is not null)
            {
                sequence = changes.ToSequence;
                return changes;
            }

            if (more is null)
            {
                sequence = null;
                return new ResyncNeeded();
            }

            await more.WaitAsync(cancellationToken);
        }

        var snapshot = await feed.SnapshotAsync(cancellationToken);
        sequence = snapshot.Sequence;
        return snapshot;
    }

    /// <inheritdoc/>
    public void Dispose() => leave();
}
