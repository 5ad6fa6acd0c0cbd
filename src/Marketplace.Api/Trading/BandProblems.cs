using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Contracts;

namespace Marketplace.Api.Trading;

/// <summary>Prices that are refused for being outside the band.</summary>
internal static class BandProblems
{
    /// <summary>A problem that shows the band as it is now.</summary>
    public static async Task<ApiProblem> ProblemAsync(
        this IPriceBands bands, ProblemType type, BookKey book, Currency currency, CancellationToken cancellationToken) =>
        type.With() with { Band = (await bands.FindAsync(book, currency, cancellationToken))?.ToModel() };
}
