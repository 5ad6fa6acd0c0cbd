using System.Net;
using Marketplace.Api.Requests;
using Marketplace.Client;
using Microsoft.AspNetCore.Builder;

namespace Marketplace.Api.Tests.Foundation;

/// <summary>How the client lives with a server that restarts, is busy or refuses.</summary>
public sealed class ClientTests
{
    [Fact]
    public async Task A_read_waits_for_a_server_that_restarts()
    {
        var server = new Server(fail: 5);
        Assert.Equal("2026-11-02T08:00:00Z", (await Client(server).GetTimeAsync()).Now);
        Assert.Equal(6, server.Requests);
    }

    [Fact]
    public async Task A_POST_with_a_key_is_repeated_under_the_same_key()
    {
        var server = new Server(fail: 2);
        await Assert.ThrowsAsync<ProblemException>(() => Client(server).ResubmitDeadLetterAsync("msg_1", "key-1"));
        Assert.Equal(["key-1", "key-1", "key-1"], server.Keys);
    }

    [Fact]
    public async Task A_POST_without_a_key_is_never_repeated()
    {
        var server = new Server(fail: 5);
        await Assert.ThrowsAsync<HttpRequestException>(() => Client(server).SendAsync(HttpMethod.Post, "/v1/action", null, null, CancellationToken.None));
        Assert.Equal(1, server.Requests);
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task A_busy_server_is_asked_again(HttpStatusCode status)
    {
        var server = new Server(fail: 3, status);
        await Client(server).GetTimeAsync();
        Assert.Equal(4, server.Requests);
    }

    [Fact]
    public async Task A_refusal_is_not_repeated()
    {
        var server = new Server(fail: 1, HttpStatusCode.Conflict);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => Client(server).GetTimeAsync());
        Assert.Equal(("unreadable_answer", HttpStatusCode.Conflict), (refused.Code, refused.Status));
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Patience_ends()
    {
        var server = new Server(fail: int.MaxValue);
        await Assert.ThrowsAsync<ServerUnreachableException>(() => Client(server, TimeSpan.Zero).GetTimeAsync());
        Assert.Equal(1, server.Requests);
        await Assert.ThrowsAsync<ServerUnreachableException>(() => Client(server, TimeSpan.FromMilliseconds(200)).GetTimeAsync());
        Assert.InRange(server.Requests, 3, 50);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("respond-async", 1)]
    [InlineData("wait=soon", 1)]
    [InlineData("respond-async, wait=20", 4)]
    public async Task Prefer_waits_for_the_outcome_and_no_longer(string? prefer, int reads)
    {
        var read = 0;
        await using var host = await ApiHost.StartAsync(map: routes => routes.MapGet(
            "/v1/slow", (PreferWait wait, CancellationToken token) => wait.ReadUntilAsync(() => Task.FromResult(++read), n => n == 4, token)));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/slow");
        if (prefer is not null) request.Headers.Add("Prefer", prefer);
        using var response = await host.Http().SendAsync(request);
        Assert.Equal($"{reads}", await response.Content.ReadAsStringAsync());
    }

    private static MarketplaceClient Client(Server server, TimeSpan? patience = null) => new(
        new HttpClient(server) { BaseAddress = new Uri("http://marketplace.test") },
        new MarketplaceClientOptions { Patience = patience ?? TimeSpan.FromSeconds(30) });

    /// <summary>Fails some requests, as if it were down or with a status, then answers.</summary>
    private sealed class Server(int fail, HttpStatusCode? status = null) : HttpMessageHandler
    {
        public int Requests { get; private set; }

        public List<string> Keys { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            if (request.Headers.TryGetValues("Idempotency-Key", out var keys)) Keys.AddRange(keys);
            if (Requests <= fail)
            {
                return status is { } failed
                    ? Task.FromResult(new HttpResponseMessage(failed) { Content = Answers.Json("<busy>") })
                    : throw new HttpRequestException("Connection refused.");
            }

            return Task.FromResult(request.Method == HttpMethod.Get
                ? new HttpResponseMessage(HttpStatusCode.OK) { Content = Answers.Json("""{"now":"2026-11-02T08:00:00Z"}""") }
                : new HttpResponseMessage(HttpStatusCode.NotFound) { Content = Answers.Json("{}") });
        }
    }
}
