using System.Net;
using System.Text;
using Marketplace.Api.Auth;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Runtime.Work;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Tests.Foundation;

/// <summary>What every endpoint refuses before it is asked, on an endpoint that counts how often it is.</summary>
public sealed class BadInputTests(BadInputTests.SharedHost shared) : IClassFixture<BadInputTests.SharedHost>
{
    private const string Path = "/v1/probe";
    private const string Good = """{"count":2,"window":{"from":"2026-11-23T09:00:00Z","to":"2026-11-23T10:00:00Z"},"limit":{"perGpuHour":"2.10","currency":"USD"}}""";

    public static TheoryData<string, string, string> BadJson => new()
    {
        { "", "", "" },
        { "{", "", "This is not valid JSON." },
        { "[]", "", "The value has the wrong type or is out of range." },
        { """{"count":2,"colour":"red"}""", "/colour", "There is no such member." },
        { """{"Count":2}""", "/Count", "There is no such member." },
        { """{"count":"2"}""", "/count", "The value has the wrong type or is out of range." },
        { """{"count":2.5}""", "/count", "The value has the wrong type or is out of range." },
        { """{"count":99999999999}""", "/count", "The value has the wrong type or is out of range." },
        { """{"count":2,"count":3}""", "/count", "The member stands twice." },
        { """{"window":{"from":1}}""", "/window/from", "The value has the wrong type or is out of range." },
        { """{"window":{"until":"x"}}""", "/window/until", "There is no such member." },
        { """{"count":2} {}""", "", "This is not valid JSON." },
    };

    [Theory]
    [MemberData(nameof(BadJson))]
    public async Task JSON_that_is_not_the_requests_is_refused_with_the_place(string json, string pointer, string detail)
    {
        var host = shared.Host;
        var calls = shared.Probe.Calls;
        using var response = await host.Http(host.StaffToken()).SendAsync(Answers.Post(Path, "k", Answers.Json(json)));
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest, json.Length == 0 ? "malformed_request" : "malformed_json");
        if (json.Length > 0)
        {
            var error = Assert.Single(problem.Errors);
            Assert.Equal(pointer, error.Pointer);
            Assert.Equal(detail, error.Detail);
        }

        Assert.Equal(calls, shared.Probe.Calls);
    }

    [Fact]
    public async Task Every_bad_field_is_named_at_once()
    {
        var host = shared.Host;
        const string Body = """{"count":0,"window":{"from":"2026-11-23T09:30:00Z","to":"yesterday"},"limit":{"perGpuHour":"-1","currency":"EUR"}}""";
        using var response = await host.Http(host.StaffToken()).SendAsync(Answers.Post(Path, "k", Answers.Json(Body)));
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest, "invalid_fields");
        Assert.Equal(["/count", "/window/from", "/window/to", "/limit/currency"], problem.Errors.Select(e => e.Pointer));
    }

    [Fact]
    public async Task Every_missing_field_is_named_at_once()
    {
        var host = shared.Host;
        using var response = await host.Http(host.StaffToken()).SendAsync(Answers.Post(Path, "k", Answers.Json("{}")));
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest, "invalid_fields");
        Assert.Equal(["/count", "/window", "/limit"], problem.Errors.Select(e => e.Pointer));
    }

    [Theory]
    [InlineData("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z")]
    [InlineData("2026-11-23T10:00:00Z", "2026-11-23T09:00:00Z")]
    [InlineData("2026-11-23T10:00:00Z", "2027-11-24T11:00:00Z")]
    public async Task A_window_that_is_empty_backwards_or_too_long_is_refused(string from, string to)
    {
        var host = shared.Host;
        var body = Good.Replace("2026-11-23T10:00:00Z", to, StringComparison.Ordinal).Replace("2026-11-23T09:00:00Z", from, StringComparison.Ordinal);
        using var response = await host.Http(host.StaffToken()).SendAsync(Answers.Post(Path, "k", Answers.Json(body)));
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest, "invalid_fields");
        Assert.Equal("/window", Assert.Single(problem.Errors).Pointer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_a_mebibyte_is_413_with_and_without_a_length(bool withLength)
    {
        var host = shared.Host;
        var calls = shared.Probe.Calls;
        var body = Encoding.UTF8.GetBytes(Good[..^1] + new string(' ', 1024 * 1024) + "}");
        HttpContent content = withLength ? new ByteArrayContent(body) : new StreamContent(new NoLength(body));
        content.Headers.ContentType = new("application/json");
        using var request = Answers.Post(Path, "k", content);
        request.Headers.TransferEncodingChunked = !withLength;
        using var response = await host.Http(host.StaffToken()).SendAsync(request);
        await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "body_too_large");
        Assert.Equal(calls, shared.Probe.Calls);
    }

    [Fact]
    public async Task A_body_that_is_not_JSON_by_its_type_is_415()
    {
        var host = shared.Host;
        using var response = await host.Http(host.StaffToken()).SendAsync(Answers.Post(Path, "k", new StringContent(Good, Encoding.UTF8, "text/plain")));
        await response.ProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("with space")]
    [InlineData("ä")]
    public async Task A_POST_that_creates_needs_a_key(string? key)
    {
        var host = shared.Host;
        var calls = shared.Probe.Calls;
        using var request = Answers.Post(Path, null, Answers.Json(Good));
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await host.Http(host.StaffToken()).SendAsync(request);
        await response.ProblemAsync(HttpStatusCode.BadRequest, "idempotency_key_required");
        Assert.Equal(calls, shared.Probe.Calls);
    }

    [Fact]
    public async Task A_caller_without_an_organisation_is_told_so()
    {
        await using var host = await ApiHost.StartAsync(map: routes => routes.MapGet("/v1/mine", (OrganisationCaller caller) => caller.OrganisationId.ToString()).RequireToken());
        using var response = await host.Http(host.StaffToken()).GetAsync("/v1/mine");
        await response.ProblemAsync(HttpStatusCode.Forbidden, "organisation_required");
        var organisation = host.NewOrganisation();
        Assert.Equal(organisation.ToString(), await host.Http(host.TokenOf(organisation)).GetStringAsync("/v1/mine"));
    }

    [Theory]
    [InlineData("/v1/time?colour=red", "unknown_parameter")]
    [InlineData("/v1/dead-letters?limi=10", "unknown_parameter")]
    [InlineData("/v1/dead-letters/msg_01JABCDEFGHJKMNPQRSTVWXYZ0?messageId=x", "unknown_parameter")]
    [InlineData("/v1/dead-letters?limit=0", "invalid_fields")]
    [InlineData("/v1/dead-letters?limit=201", "invalid_fields")]
    [InlineData("/v1/dead-letters?limit=ten", "invalid_fields")]
    [InlineData("/v1/dead-letters?limit=1&limit=2", "invalid_fields")]
    [InlineData("/v1/dead-letters?cursor=", "invalid_cursor")]
    [InlineData("/v1/dead-letters?cursor=abc", "invalid_cursor")]
    [InlineData("/v1/dead-letters?cursor=%00", "invalid_cursor")]
    public async Task A_query_that_the_request_does_not_have_is_refused(string path, string code)
    {
        var host = shared.Host;
        using var response = await host.Http(host.StaffToken()).GetAsync(path);
        await response.ProblemAsync(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task A_path_or_method_that_does_not_exist_is_a_problem_too()
    {
        await using var host = await ApiHost.StartAsync();
        using var path = await host.Http().GetAsync("/v1/nothing");
        await path.ProblemAsync(HttpStatusCode.NotFound, "not_found");
        using var method = await host.Http().DeleteAsync("/v1/time");
        await method.ProblemAsync(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
    }

    [Fact]
    public async Task Faults_of_our_own_tell_the_caller_nothing_of_them()
    {
        await using var host = await ApiHost.StartAsync(map: routes =>
        {
            routes.MapGet("/v1/fault", string () => throw new InvalidOperationException("secret"));
            routes.MapGet("/v1/race", string () => throw new PartitionConflictException(new Runtime.Store.PartitionId("test", "x")));
        });
        using var fault = await host.Http().GetAsync("/v1/fault");
        Assert.DoesNotContain("secret", await fault.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await fault.ProblemAsync(HttpStatusCode.InternalServerError, "internal_error");
        using var race = await host.Http().GetAsync("/v1/race");
        await race.ProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
        Assert.NotNull(race.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_change_without_If_Match_is_428()
    {
        await using var host = await ApiHost.StartAsync(map: routes => routes.MapPut("/v1/versioned", (IfMatch match) => match.ETag));
        using var response = await host.Http().PutAsync("/v1/versioned", null);
        await response.ProblemAsync((HttpStatusCode)428, "if_match_required");
        using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/versioned");
        request.Headers.IfMatch.Add(new("\"7\""));
        using var good = await host.Http().SendAsync(request);
        Assert.Equal("7", await good.Content.ReadAsStringAsync());
    }

    /// <summary>One host for all of these tests, which change nothing.</summary>
    public sealed class SharedHost : IAsyncLifetime
    {
        public Probe Probe { get; } = new();

        public ApiHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await ApiHost.StartAsync(map: Probe.Map);

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }

    public sealed class Probe
    {
        public int Calls { get; private set; }

        public void Map(IEndpointRouteBuilder routes) => routes.MapPost(Path, (ProbeRequest body, RequestKey key) =>
        {
            Calls++;
            var fields = new Fields();
            fields.Int("/count", body.Count, 1, 10);
            fields.Window("/window", body.Window);
            fields.UnitPrice("/limit", body.Limit);
            return fields.AreValid ? Results.Ok(key.Value.ToString()) : (IResult)Fail(fields);
        }).RequireScope(Scopes.Operator);

        private Problems.ApiProblem Fail(Fields fields)
        {
            Calls--;
            return fields.Problem;
        }
    }

    private sealed record ProbeRequest(int? Count, WindowModel? Window, UnitPriceModel? Limit);

    private sealed class NoLength(byte[] body) : MemoryStream(body)
    {
        public override bool CanSeek => false;
    }
}
