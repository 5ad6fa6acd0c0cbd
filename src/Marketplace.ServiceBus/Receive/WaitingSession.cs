using Marketplace.Runtime.Store;
using Marketplace.ServiceBus.Bus;
using NodaTime;

namespace Marketplace.ServiceBus.Receive;

/// <summary>What a session waits for.</summary>
/// <param name="RetryAt">When its first message is tried again; null while it is stopped.</param>
/// <param name="StoppedBy">The dead letter that has to be resubmitted first; null if it only waits for a retry.</param>
public sealed record SessionHead(Instant? RetryAt, MessageId? StoppedBy);

/// <summary>A message that waits in its session.</summary>
/// <param name="Pointer">Where it lies.</param>
/// <param name="Attempts">How often it was tried.</param>
public sealed record ParkedMessage(OutboxPointer Pointer, int Attempts);

/// <summary>A session as it was read: mostly one that waits for nothing.</summary>
/// <param name="Queue">Its queue.</param>
/// <param name="Key">Its key.</param>
/// <param name="Head">What it waits for; null if it does not.</param>
/// <param name="ETag">Of the head's row; null if there is none.</param>
public sealed record WaitingSession(string Queue, string Key, SessionHead? Head, string? ETag)
{
    /// <summary>The partition of its rows.</summary>
    public PartitionId Partition => SessionRows.PartitionOf(Queue, Key);

    /// <summary>Whether its messages can be delivered now.</summary>
    public bool IsDue(Instant now) => Head is null || (Head.StoppedBy is null && !(Head.RetryAt > now));
}
