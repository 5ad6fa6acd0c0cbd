using Marketplace.Runtime.Store;

namespace Marketplace.Trading;

/// <summary>The partitions of the table <c>trading</c>.</summary>
internal static class TradingPartitions
{
    public const string Table = "trading";

    /// <summary>The list of books.</summary>
    public static PartitionId Markets { get; } = new(Table, "markets");

    /// <summary>A book: its header, events and snapshots. One writer.</summary>
    public static PartitionId Book(BookKey book) => new(Table, $"book!{book}");

    /// <summary>What the public sees of a book's trades, and the messages that tell of them.</summary>
    public static PartitionId Tape(BookKey book) => new(Table, $"tape!{book}");

    /// <summary>What operators asked of a book: receipts, and the messages that tell it.</summary>
    public static PartitionId Operations(BookKey book) => new(Table, $"operations!{book}");

    /// <summary>A buyer's bids.</summary>
    public static PartitionId Bids(OrganisationId buyer) => new(Table, buyer.ToString());
}
