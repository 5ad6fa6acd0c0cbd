using Marketplace.Api.Answers;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Registry.Directory;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Registry;

/// <summary>Active listings, for everybody.</summary>
internal static class OfferEndpoints
{
    public static void MapOffers(this IEndpointRouteBuilder v1) => v1.MapGet("/offers", SearchAsync).WithTags("Listings").AllowAnonymous()
        .Operates(
            "listOffers",
            "Lists active listings hub by hub and class by class, the newest first in each. A page may be short although there is more. maxPricePerGpuHour needs currency; where prices are by the hour, the lowest counts.")
        .Answers<Page<OfferModel>>();

    private static async Task<IResult> SearchAsync(
        PageQuery query,
        string[]? hub,
        string[]? model,
        long? minInt8Gops,
        long? minBf16Gflops,
        int? minGpuCount,
        string? maxPricePerGpuHour,
        string? currency,
        DirectoryReader reader,
        CancellationToken cancellationToken)
    {
        var fields = new Fields();
        UnitPrice? maxPrice = maxPricePerGpuHour is null && currency is null ? null : MaxPrice(fields, maxPricePerGpuHour, currency);
        var filter = new DirectoryFilter(
            [.. (hub ?? []).Select(text => fields.Hub("?hub", text))],
            [.. (model ?? []).Select(text => fields.GpuModel("?model", text))],
            minInt8Gops,
            minBf16Gflops,
            minGpuCount,
            maxPrice);
        if (!fields.AreValid) return fields.Problem;
        DirectoryPosition? after = null;
        if (query.After is { } cursor && (after = Read(cursor)) is null) return PageQuery.InvalidCursor;
        var page = await reader.SearchAsync(filter, query.Limit, after, cancellationToken);
        return Answer.Ok(PageQuery.Page<OfferModel>([.. page.Items.Select(RegistryModels.ToModel)], page.Next is { } next ? $"{next.Book} {next.ListingId}" : null));
    }

    private static UnitPrice MaxPrice(Fields fields, string? perGpuHour, string? code)
    {
        var currency = fields.Currency("?currency", code);
        if (perGpuHour is null) fields.Add("?maxPricePerGpuHour", "This is required with a currency.");
        else if (!currency.IsUnset && UnitPrice.TryParse(perGpuHour, currency, out var price)) return price;
        else if (!currency.IsUnset) fields.Add("?maxPricePerGpuHour", "Expected decimal text such as '2.10'.");
        return default;
    }

    private static DirectoryPosition? Read(string cursor) =>
        cursor.Split(' ') is [var book, var listing] && ListingId.TryParse(listing, out var id) ? new DirectoryPosition(book, id) : null;
}
