using Marketplace.Runtime.Messages;
using NodaTime;

namespace Marketplace.Runtime.Dispatch;

/// <summary>A message that no try could handle, kept until an operator resubmits it.</summary>
/// <param name="Message">The message as it was sent.</param>
/// <param name="Reason">The last fault, for people.</param>
/// <param name="Attempts">Deliveries made.</param>
/// <param name="At">When it was set aside.</param>
/// <param name="Table">The table of the partition whose commit sent it.</param>
/// <param name="Partition">The partition whose commit sent it.</param>
/// <param name="StopsSession">Whether its session waits for it.</param>
public sealed record DeadLetter(
    Message Message, string Reason, int Attempts, Instant At, string Table, string Partition, bool StopsSession);

/// <summary>Part of the list of dead letters, newest message first.</summary>
/// <param name="Items">The letters.</param>
/// <param name="Next">The message id to list after; null at the end.</param>
public sealed record DeadLetterPage(IReadOnlyList<DeadLetter> Items, MessageId? Next);

/// <summary>A session that waits, and the dead letter it waits for.</summary>
public sealed record StoppedSession(string Queue, string SessionKey, MessageId StoppedBy);
