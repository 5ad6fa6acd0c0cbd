using Marketplace.Runtime.Work;

namespace Marketplace.Runtime.Dispatch;

/// <summary>Why a dead letter is not resubmitted.</summary>
public enum ResubmitDeadLetterRefusal
{
    /// <summary>There is no such letter, or it was resubmitted before.</summary>
    UnknownDeadLetter,
}

/// <summary>
/// Sends a dead letter's message again under its own id, and lets its session go on. The letter goes, the outbox row comes and
/// the stop is lifted in one commit.
/// </summary>
public sealed class ResubmitDeadLetter(Workspace workspace)
{
    /// <summary>Resubmits. Answers with the letter as it was.</summary>
    public Task<Attempt<DeadLetter, ResubmitDeadLetterRefusal>> ExecuteAsync(
        MessageId id, IdempotencyKey key, CancellationToken cancellationToken) =>
        workspace.AttemptAsync<string, DeadLetter, ResubmitDeadLetterRefusal>(
            DeadLetters.Partition, key, id.ToString(), work => DecideAsync(work, id, cancellationToken), cancellationToken);

    private static async Task<Result<DeadLetter, ResubmitDeadLetterRefusal>> DecideAsync(
        PartitionWork work, MessageId id, CancellationToken cancellationToken)
    {
        var letterKey = DeadLetters.LetterKey(id);
        if (await work.ReadAsync<DeadLetter>(letterKey, cancellationToken) is not { } letter) return ResubmitDeadLetterRefusal.UnknownDeadLetter;
        work.Delete(letterKey);
        var stoppedKey = DeadLetters.StoppedKey(letter.Message);
        if (await work.ReadAsync<StoppedSession>(stoppedKey, cancellationToken) is { } stopped && stopped.StoppedBy == id) work.Delete(stoppedKey);
        work.Resend(letter.Message with { DueAt = null });
        return letter;
    }
}
