using Marketplace.Contracts;

namespace Marketplace.Registry.Tests.Scenario;

/// <summary>Every order book takes the same prices; any until a test says otherwise.</summary>
internal sealed class FixedPriceBand : IPriceBands
{
    public PriceRange? Band { get; set; }

    public Task<PriceRange?> FindAsync(BookKey book, Currency currency, CancellationToken cancellationToken) => Task.FromResult(Band);
}
