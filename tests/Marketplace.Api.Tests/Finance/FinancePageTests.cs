using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Marketplace.Api.Auth;

namespace Marketplace.Api.Tests.Finance;

public sealed class FinancePageTests : IAsyncLifetime
{
    private ApiHost host = null!;

    public async ValueTask InitializeAsync() => host = await ApiHost.StartAsync(ReconciliationTests.WithStrayTransfer);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task The_page_is_one_file_without_data_that_runs_only_its_own_script()
    {
        using var answer = await host.Http().GetAsync(new Uri("/finance", UriKind.Relative));
        Assert.Equal((HttpStatusCode.OK, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        var html = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotMatch("(?i)(src=|href=|https?://|innerHTML)", html);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        foreach (var element in new[] { "script", "style" })
        {
            var text = Assert.Single(Regex.Matches(html, $"<{element}>(.*?)</{element}>", RegexOptions.Singleline)).Groups[1].Value;
            Assert.Contains($"{element}-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'", policy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_the_page_reads_is_answered()
    {
        var made = await host.Client(host.StaffToken()).RunReconciliationAsync("2026-11", "a");
        var html = await host.Http().GetStringAsync(new Uri("/finance", UriKind.Relative));
        var paths = Regex.Matches(html, "(?:get|all)\\('(/v1/[^']+)'").Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(["/v1/periods", "/v1/reconciliations", "/v1/reconciliations/", "/v1/ledger/accounts?currency="], paths.Order(StringComparer.Ordinal).OrderBy(p => p.Contains("ledger")));
        string[] asked = ["/v1/periods", "/v1/reconciliations?limit=100", $"/v1/reconciliations/{made.ReconciliationId}", "/v1/ledger/accounts?currency=CNY"];
        foreach (var path in asked)
        {
            using var answer = await host.Http(host.StaffToken(Scopes.FinanceRead)).GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
        }
    }
}
