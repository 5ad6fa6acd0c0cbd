namespace Marketplace.Runtime.Store;

/// <summary>Outbox messages are rows of the partition whose commit sends them.</summary>
public static class OutboxRows
{
    /// <summary>Outbox rows start with this.</summary>
    public const string Prefix = "outbox!";

    /// <summary>All outbox rows of a partition, in the order of their message ids.</summary>
    public static RowRange All { get; } = RowRange.StartingWith(Prefix);

    /// <summary>The row of a message.</summary>
    public static string Key(MessageId id) => Prefix + id;
}
