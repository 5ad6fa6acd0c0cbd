using System.ComponentModel.DataAnnotations;

namespace Marketplace.Trading;

/// <summary>What a host may set.</summary>
public sealed class TradingOptions
{
    /// <summary>The fewest events between two snapshots of a book, 1 or more; a book that holds more than that waits for as many.</summary>
    [Range(1, int.MaxValue)]
    public int EventsPerSnapshot { get; set; } = 1_000;

    /// <summary>
    /// How much of a book's latest changes is kept for those who follow it, in changed runs of hours and trades; 1 or more. Who falls
    /// behind by more begins anew.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int RecentMarketCells { get; set; } = 50_000;

    /// <summary>How many may follow books in one process at a time; 0 or more.</summary>
    [Range(0, int.MaxValue)]
    public int MaxMarketFollowers { get; set; } = 1_000;
}
