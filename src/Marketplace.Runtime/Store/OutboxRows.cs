using System.Text.Json;
using Marketplace.Runtime.Messages;
using Microsoft.Extensions.Logging;

namespace Marketplace.Runtime.Store;

/// <summary>Outbox messages are rows of the partition whose commit sends them.</summary>
public static class OutboxRows
{
    /// <summary>Outbox rows start with this.</summary>
    public const string Prefix = "outbox!";

    private const string LaterPrefix = Prefix + "due!";

    /// <summary>All outbox rows of a partition: first those with a due time, then the others, each in the order of their message ids.</summary>
    public static RowRange All { get; } = RowRange.StartingWith(Prefix);

    /// <summary>
    /// The row of a message. One with a due time may lie there for weeks, so that it is kept apart: what is on its way now is a short range.
    /// </summary>
    public static string Key(Message message) => (message.DueAt is null ? Prefix : LaterPrefix) + message.Id;

    /// <summary>Whether a row is of a message that has a due time.</summary>
    public static bool HasDueTime(string row) => row.StartsWith(LaterPrefix, StringComparison.Ordinal);

    /// <summary>Reads a row; null if it cannot be read. It stays where it is, for a person: one bad row must not keep the others from being delivered.</summary>
    public static OutboxMessage? Read(PartitionId partition, Entity row, ILogger logger)
    {
        try
        {
            return new OutboxMessage(partition, row.ETag, MarketplaceJson.Deserialize<Message>(row.Body), null);
        }
        catch (JsonException unreadable)
        {
            logger.LogCritical(unreadable, "The outbox row {Row} of {Partition} cannot be read.", row.RowKey, partition);
            return null;
        }
    }

    /// <summary>The rows, without those that have a due time, up to and with a message's: what the partition sent no later than that.</summary>
    public static RowRange UpTo(MessageId id) => new($"{Prefix}{MessageKind.Prefix}_", $"{Prefix}{id}!");
}
