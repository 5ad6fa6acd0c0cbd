using Marketplace.Runtime.Store;

namespace Marketplace.Sqlite;

/// <summary>A commit in the queue, and its caller who waits for the sync.</summary>
internal sealed class PendingCommit(Commit commit, CancellationToken cancellationToken)
{
    // Continuations run elsewhere: the writer's thread is for writing.
    private readonly TaskCompletionSource<CommitResult> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CommitResult? result;

    public Commit Commit => commit;

    public Task<CommitResult> Answer => answer.Task;

    /// <summary>What the caller takes from the disk's time budget: its bytes.</summary>
    public long Bytes { get; } = commit.Receipt.Length + commit.Operations.Sum(operation => (long)operation.Body.Length);

    /// <summary>Whether its caller has gone while it waited; it must then not be applied.</summary>
    public bool IsAbandoned()
    {
        if (!cancellationToken.IsCancellationRequested) return false;
        answer.TrySetCanceled(cancellationToken);
        return true;
    }

    public void Decided(CommitResult decided) => result = decided;

    /// <summary>Lets the caller go on: only after the sync.</summary>
    public void Release() => answer.TrySetResult(result ?? throw new InvalidOperationException("A commit was released undecided."));

    public void Fail(Exception fault) => answer.TrySetException(fault);
}
