using System.ComponentModel.DataAnnotations;

namespace Marketplace.Trading;

/// <summary>What a host may set.</summary>
public sealed class TradingOptions
{
    /// <summary>Events between two snapshots of a book; 1 or more.</summary>
    [Range(1, int.MaxValue)]
    public int EventsPerSnapshot { get; set; } = 1_000;
}
