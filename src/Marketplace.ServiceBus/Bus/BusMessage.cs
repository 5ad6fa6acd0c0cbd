using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using NodaTime;

namespace Marketplace.ServiceBus.Bus;

/// <summary>Where a message lies. The outbox row is the message; what travels on the bus only points at it.</summary>
/// <param name="Table">The table.</param>
/// <param name="Partition">The partition whose commit sent the message.</param>
/// <param name="Row">The outbox row.</param>
public sealed record OutboxPointer(string Table, string Partition, string Row)
{
    /// <summary>The partition.</summary>
    [JsonIgnore]
    public PartitionId PartitionId => new(Table, Partition);

    /// <summary>The message, which its row is named after.</summary>
    [JsonIgnore]
    public MessageId MessageId => MessageId.Parse(Row[(Row.LastIndexOf('!') + 1)..]);

    /// <summary>Whether the message is a dead letter that was resubmitted.</summary>
    [JsonIgnore]
    public bool IsResubmitted => PartitionId == Runtime.Dispatch.DeadLetters.Partition;
}

/// <summary>What travels on the bus: the news that a session has a message to handle, or, without a pointer, that it is time to try again.</summary>
/// <param name="Id">What the bus drops repetitions by, at most 128 characters.</param>
/// <param name="Queue">One of <see cref="Contracts.Queues.All"/>.</param>
/// <param name="SessionKey">The session.</param>
/// <param name="Pointer">The message; null wakes the session.</param>
/// <param name="Type">The message's type, for people who look at the queue.</param>
/// <param name="TraceParent">W3C trace context of the operation that sent it.</param>
/// <param name="NotBefore">When it is to be delivered; null for at once.</param>
public sealed record BusMessage(
    string Id, string Queue, string SessionKey, OutboxPointer? Pointer, string? Type, string? TraceParent, Instant? NotBefore)
{
    private const int LongestSessionId = 128;

    /// <summary>The session's name on the bus, at most 128 characters: the key, or the hash of a longer one.</summary>
    public string SessionId => SessionKey.Length <= LongestSessionId ? SessionKey : "sha256-" + Hash(SessionKey);

    /// <summary>
    /// Points at an outbox row. Whoever sends it again, such as a sweep, gives it the same id. A dead letter that is resubmitted is sent
    /// under the message's own id, so that its row makes the difference: otherwise the bus would drop it as a repetition.
    /// </summary>
    public static BusMessage Of(OutboxMessage row)
    {
        var message = row.Message;
        var pointer = new OutboxPointer(row.Partition.Table, row.Partition.Partition, OutboxRows.Key(message));
        var id = pointer.IsResubmitted ? $"{message.Id}!{Hash(row.ETag)[..16]}" : message.Id.ToString();
        return new BusMessage(id, message.Queue, message.SessionKey, pointer, message.Type, message.TraceParent, message.DueAt);
    }

    /// <summary>Wakes a session.</summary>
    /// <param name="queue">Its queue.</param>
    /// <param name="sessionKey">Its key.</param>
    /// <param name="at">When.</param>
    /// <param name="unique">Tells it from others: an early one is sent once more, and must not be dropped as a repetition.</param>
    public static BusMessage Wake(string queue, string sessionKey, Instant at, Ulid unique) =>
        new($"wake!{unique}", queue, sessionKey, null, null, null, at);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
