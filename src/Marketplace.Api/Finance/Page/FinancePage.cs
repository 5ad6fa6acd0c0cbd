using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Finance;

/// <summary>
/// The page of finance's reports: one file without dependencies that calls the REST API with a token that its reader types in. It holds
/// no data, so that anyone may load it.
/// </summary>
internal static class FinancePage
{
    private static readonly string Html = Read();

    // The one script and the one style of the page run, nothing else, and it talks to this server only.
    private static readonly string Policy =
        $"default-src 'none'; script-src 'sha256-{Hash("script")}'; style-src 'sha256-{Hash("style")}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void MapFinancePage(this IEndpointRouteBuilder routes) => routes.MapGet("/finance", Show).AllowAnonymous().ExcludeFromDescription();

    private static IResult Show(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = Policy;
        return Results.Content(Html, "text/html; charset=utf-8");
    }

    private static string Hash(string element)
    {
        var begin = Html.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        var end = Html.IndexOf($"</{element}>", begin, StringComparison.Ordinal);
        return Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Html[begin..end])));
    }

    private static string Read()
    {
        using var stream = typeof(FinancePage).Assembly.GetManifestResourceStream("finance.html")!;
        using var reader = new StreamReader(stream);
        // A browser reads every line end as one line feed, and hashes that.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
