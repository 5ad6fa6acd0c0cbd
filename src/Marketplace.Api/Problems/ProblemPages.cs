using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Problems;

/// <summary>A page for people per problem code, so that a problem's type can be followed.</summary>
internal static class ProblemPages
{
    public static void MapProblemPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/problems", () => Page("Problems", List())).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/problems/{code}", (string code) => ProblemTypes.All.TryGetValue(code, out var type)
                ? Page(type.Code, $"<p><b>{type.Title}</b>, HTTP {type.Status}</p><p>{WebUtility.HtmlEncode(type.Advice)}</p><p><a href=\"/problems\">All problems</a></p>")
                : ProblemTypes.NotFound.With($"There is no problem '{code}'."))
            .AllowAnonymous().ExcludeFromDescription();
    }

    private static string List() => string.Concat(ProblemTypes.All.Values
        .OrderBy(type => type.Status).ThenBy(type => type.Code, StringComparer.Ordinal)
        .Select(type => $"<li>{type.Status} <a href=\"{type.Path}\">{type.Code}</a>: {WebUtility.HtmlEncode(type.Title)}</li>"));

    private static IResult Page(string title, string body) => Results.Content(
        $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title><body><h1>{title}</h1>{body}</body></html>", "text/html; charset=utf-8");
}
