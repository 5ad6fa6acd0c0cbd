namespace Marketplace.Contracts;

/// <summary>Which prices an order book takes: not too far from what was paid lately, so that a slip of the finger costs nobody a fortune.</summary>
/// <param name="Lowest">The lowest price.</param>
/// <param name="Highest">The highest price.</param>
/// <param name="Reference">What was paid lately.</param>
public sealed record PriceRange(UnitPrice Lowest, UnitPrice Highest, UnitPrice Reference)
{
    /// <summary>Whether a price is in the range, its ends included.</summary>
    public bool Contains(UnitPrice price) => price >= Lowest && price <= Highest;

    /// <summary>Whether all prices of a schedule are in the range.</summary>
    public bool Contains(PriceSchedule price) => Contains(price.Lowest) && Contains(price.Highest);
}

/// <summary>Looks up which prices an order book takes.</summary>
public interface IPriceBands
{
    /// <summary>The range in a currency; null while nothing was traded in it, or where the operator wants none.</summary>
    Task<PriceRange?> FindAsync(BookKey book, Currency currency, CancellationToken cancellationToken);
}
