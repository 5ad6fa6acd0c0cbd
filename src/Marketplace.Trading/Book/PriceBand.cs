namespace Marketplace.Trading.Book;

/// <summary>What limits and prices a book takes: not too far from what was paid lately, so that a slip of the finger costs nobody a fortune.</summary>
/// <param name="Lowest">The lowest price, reference / ratio.</param>
/// <param name="Highest">The highest price, reference * ratio.</param>
/// <param name="Reference">The volume-weighted mean of the trades in the 24 hours up to the hour of the last one.</param>
public sealed record PriceBand(UnitPrice Lowest, UnitPrice Highest, UnitPrice Reference)
{
    /// <summary>How far from the reference price unless an operator sets another ratio.</summary>
    public const decimal DefaultRatio = 10;

    /// <summary>Whether a price is within the band, its ends included.</summary>
    public bool Contains(UnitPrice price) => price >= Lowest && price <= Highest;

    internal static PriceBand Around(long referenceMicros, decimal ratio, Currency currency) => new(
        UnitPrice.OfMicros((long)decimal.Ceiling(referenceMicros / ratio), currency),
        UnitPrice.OfMicros((long)decimal.Min(decimal.Floor(referenceMicros * ratio), UnitPrice.MaxMicrosPerGpuHour), currency),
        UnitPrice.OfMicros(referenceMicros, currency));
}
