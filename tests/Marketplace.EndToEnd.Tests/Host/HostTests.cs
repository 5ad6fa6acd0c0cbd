using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Marketplace.Testing.Host;

namespace Marketplace.EndToEnd.Tests.Host;

public sealed class HostTests : IDisposable
{
    private readonly string data = Directory.CreateTempSubdirectory("marketplace-").FullName;

    [Fact]
    public async Task The_test_clock_and_the_keys_outlive_a_kill()
    {
        string token, secret;
        await using (var first = await HostProcess.StartAsync(data, "--test-clock"))
        {
            (token, secret) = (first.OperatorToken, first.OperatorSecret);
            using var http = first.Http(token);
            using var advanced = await AdvanceAsync(http, "2031-01-01T00:00:00Z", HttpStatusCode.BadRequest);
            var target = DateTimeOffset.UtcNow.AddDays(40).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
            using var near = await AdvanceAsync(http, target, HttpStatusCode.OK);
            await first.KillAsync();
        }

        await using var second = await HostProcess.StartAsync(data, "--test-clock");
        Assert.Equal(secret, second.OperatorSecret);
        using var again = second.Http(token);
        using var time = JsonDocument.Parse(await again.GetStringAsync("/v1/time"));
        Assert.InRange(time.RootElement.GetProperty("now").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddDays(40).AddMinutes(-5), DateTimeOffset.UtcNow.AddDays(40).AddMinutes(5));
        using var back = await AdvanceAsync(again, "2026-11-01T00:00:00Z", HttpStatusCode.BadRequest);
        Assert.Contains("/to", await back.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await second.TerminateAsync());

        var (exitCode, said) = await HostProcess.RunAsync("--data", data, "--port", "0");
        Assert.Equal(1, exitCode);
        Assert.Contains("--test-clock", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_are_issued_to_who_knows_the_secret_and_by_the_command()
    {
        await using var host = await HostProcess.StartAsync(data);
        using var http = host.Http();
        async Task<HttpResponseMessage> Ask(string? secret, object body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/local/tokens") { Content = JsonContent.Create(body) };
            if (secret is not null) request.Headers.Add("Operator-Secret", secret);
            return await http.SendAsync(request);
        }

        using var none = await Ask(null, new { scopes = new[] { "operator" } });
        Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);
        using var wrong = await Ask(host.OperatorSecret + "x", new { scopes = new[] { "operator" } });
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using var bad = await Ask(host.OperatorSecret, new { organisationId = "org_1", scopes = new[] { "everything" }, hours = 0 });
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        using var good = await Ask(host.OperatorSecret, new { scopes = new[] { "operator" }, hours = 1 });
        var issued = (await good.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
        var (_, printed) = await HostProcess.RunAsync("token", "--data", data, "--scope", "operator");
        foreach (var token in new[] { issued, printed.Trim() })
        {
            using var caller = host.Http(token);
            using var letters = await caller.GetAsync("/v1/dead-letters");
            Assert.Equal(HttpStatusCode.OK, letters.StatusCode);
            using var clock = await AdvanceAsync(caller, "2031-01-01T00:00:00Z", HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task One_process_at_a_time_has_the_data_folder_and_others_may_not_read_its_secrets()
    {
        await using var host = await HostProcess.StartAsync(data);
        var (exitCode, said) = await HostProcess.RunAsync("--data", data, "--port", "0");
        Assert.Equal(1, exitCode);
        Assert.Contains("open elsewhere", said, StringComparison.Ordinal);
        if (OperatingSystem.IsWindows()) return;
        foreach (var file in new[] { "operator-secret.txt", "webhook-secret.txt", "token-key.pem" })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, file)));
        }
    }

    public void Dispose() => Directory.Delete(data, recursive: true);

    private static async Task<HttpResponseMessage> AdvanceAsync(HttpClient http, string to, HttpStatusCode expected)
    {
        using var body = new StringContent($$"""{"to":"{{to}}"}""", Encoding.UTF8, "application/json");
        var response = await http.PostAsync("/v1/test-clock/advance", body);
        Assert.Equal(expected, response.StatusCode);
        return response;
    }
}
