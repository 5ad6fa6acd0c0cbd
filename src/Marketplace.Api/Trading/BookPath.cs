using Marketplace.Api.Problems;
using Marketplace.Contracts;
using Marketplace.Trading.OperateBook;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Api.Trading;

/// <summary>
/// The order book that <c>{modelId}/{hubId}</c> in a path name. Take it as a parameter: a book that the catalogue does not have is
/// answered with 404 before the endpoint runs.
/// </summary>
/// <param name="Book">The book.</param>
/// <param name="Conditions">Where its condition is read.</param>
internal sealed record BookPath(BookKey Book, BookConditions Conditions)
{
    /// <summary>Reads the path.</summary>
    /// <exception cref="ApiProblemException">The catalogue has no such book.</exception>
    public static ValueTask<BookPath> BindAsync(HttpContext context)
    {
        var services = context.RequestServices;
        return Find(services.GetRequiredService<ICatalogue>(), context.GetRouteValue("modelId"), context.GetRouteValue("hubId")) is { } book
            ? ValueTask.FromResult(new BookPath(book, services.GetRequiredService<BookConditions>()))
            : throw new ApiProblemException(ProblemTypes.NotFound.With());
    }

    /// <summary>Its condition now.</summary>
    public Task<BookCondition> ReadAsync(CancellationToken cancellationToken) => Conditions.ReadAsync(Book, cancellationToken);

    private static BookKey? Find(ICatalogue catalogue, object? modelId, object? hubId) =>
        GpuModelId.TryParse(modelId as string, out var model) && HubId.TryParse(hubId as string, out var hub)
        && catalogue.FindModel(model) is not null && catalogue.FindHub(hub) is not null
            ? new BookKey(model, hub)
            : null;
}
