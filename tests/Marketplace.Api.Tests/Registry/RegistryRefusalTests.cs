using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketplace.Client;
using Marketplace.Client.Models;

namespace Marketplace.Api.Tests.Registry;

[Collection(RegistryTests.Name)]
public sealed class RegistryRefusalTests(SharedHost shared)
{
    private const string Good =
        """{"machineId":"MACHINE","gpuCount":1,"window":{"from":"2026-11-02T10:00:00Z","to":"2026-11-02T14:00:00Z"},"price":{"perGpuHour":"2.10","currency":"USD"},"minimumHours":1,"claim":{"int8Gops":250}}""";

    public static TheoryData<string, string, int, string, string?> BadListings { get; } = new()
    {
        { "\"gpuCount\":1", "\"gpuCount\":1,\"surprise\":2", 400, "malformed_json", null },
        { "\"gpuCount\":1", "\"gpuCount\":\"1\"", 400, "malformed_json", null },
        { "\"gpuCount\":1", "\"gpuCount\":1.5", 400, "malformed_json", null },
        { "\"gpuCount\":1", "\"gpuCount\":99999999999999999999", 400, "malformed_json", null },
        { "\"gpuCount\":1", "\"gpuCount\":-1", 400, "invalid_fields", "/gpuCount" },
        { "\"gpuCount\":1,", "", 400, "invalid_fields", "/gpuCount" },
        { "\"gpuCount\":1", "\"gpuCount\":2", 422, "gpu_count_above_machine", null },
        { "10:00:00Z", "10:00:01Z", 400, "invalid_fields", "/window/from" },
        { "10:00:00Z", "10:30:00Z", 400, "invalid_fields", "/window/from" },
        { "10:00:00Z", "14:00:00Z", 400, "invalid_fields", "/window" },
        { "10:00:00Z", "07:00:00Z", 422, "listing_window_in_past", null },
        { "2026-11-02T14", "2027-11-04T14", 400, "invalid_fields", "/window" },
        { "\"2026-11-02T10:00:00Z\",\"to\":\"2026", "\"2028-11-02T10:00:00Z\",\"to\":\"2028", 422, "listing_window_beyond_horizon", null },
        { "\"2.10\"", "\"0\"", 400, "invalid_fields", "/price/perGpuHour" },
        { "\"2.10\"", "\"-2\"", 400, "invalid_fields", "/price/perGpuHour" },
        { "\"2.10\"", "\"0.0000001\"", 400, "invalid_fields", "/price/perGpuHour" },
        { "\"2.10\"", "2.10", 400, "malformed_json", null },
        { "\"perGpuHour\":\"2.10\"", "\"perGpuHour\":\"2.10\",\"perGpuHourOfWeek\":[]", 400, "invalid_fields", "/price" },
        { "\"perGpuHour\":\"2.10\",", "", 400, "invalid_fields", "/price/perGpuHour" },
        { "\"perGpuHour\":\"2.10\"", "\"perGpuHourOfWeek\":[\"2.10\"]", 400, "invalid_fields", "/price/perGpuHourOfWeek" },
        { "\"perGpuHour\":\"2.10\"", $"\"perGpuHourOfWeek\":[{WeekBut(7, "\"0\"")}]", 400, "invalid_fields", "/price/perGpuHourOfWeek/7" },
        { "\"perGpuHour\":\"2.10\"", $"\"perGpuHourOfWeek\":[{WeekBut(167, "null")}]", 400, "invalid_fields", "/price/perGpuHourOfWeek/167" },
        { "\"perGpuHour\":\"2.10\"", $"\"perGpuHourOfWeek\":[{WeekBut(1, "2.10")}]", 400, "malformed_json", null },
        { "\"USD\"", "\"XXX\"", 400, "invalid_fields", "/price/currency" },
        { "\"minimumHours\":1", "\"minimumHours\":5", 422, "minimum_hours_over_window", null },
        { "\"int8Gops\":250", "\"int8Gops\":9223372036854775807", 400, "invalid_fields", "/claim/int8Gops" },
        { "\"int8Gops\":250", "\"int8Gops\":0", 422, "claim_empty", null },
        { "\"int8Gops\":250", "\"int8Gops\":250,\"bf16Gflops\":1", 422, "claim_not_provable", null },
        { "\"MACHINE\"", "\"mch_01JABCDEFGHJKMNPQRSTVWXYZ0\"", 422, "machine_unknown", null },
        { "\"MACHINE\"", "\"lst_01JABCDEFGHJKMNPQRSTVWXYZ0\"", 400, "invalid_fields", "/machineId" },
    };

    private readonly ApiHost host = shared.Host;

    [Theory]
    [MemberData(nameof(BadListings))]
    public async Task Bad_listing_is_refused_with_its_reason_and_changes_nothing(string part, string bad, int status, string code, string? pointer)
    {
        var (provider, token) = await host.ProviderAsync();
        var machine = await provider.RegisterMachineAsync(RegistryWalk.Machine, RegistryWalk.NewKey());
        var body = Good.Replace(part, bad, StringComparison.Ordinal).Replace("MACHINE", machine.MachineId, StringComparison.Ordinal);
        Assert.NotEqual(Good.Replace("MACHINE", machine.MachineId, StringComparison.Ordinal), body);
        var response = await host.Http(token).SendAsync(Answers.Post("/v1/listings", "k", Answers.Json(body)));
        var problem = await response.ProblemAsync((HttpStatusCode)status, code);
        if (pointer is not null) Assert.Contains(problem.Errors, error => error.Pointer == pointer);
        Assert.Empty((await provider.ListListingsAsync()).Items);
        Assert.Equal("draft", (await provider.CreateListingAsync(RegistryWalk.ListingOf(machine.MachineId), RegistryWalk.NewKey())).Status);
    }

    [Theory]
    [InlineData("GZ-00000001-1", "check_character_wrong", 400)]
    [InlineData("GZ-1-I", "resource_identifier_malformed", 400)]
    [InlineData("gz-00000042-I", "resource_identifier_malformed", 400)]
    [InlineData("NX-00000042-G", "not_found", 404)]
    [InlineData("XX-00000042-0", "check_character_wrong", 400)]
    public async Task Bad_identifier_says_what_is_wrong_with_it(string identifier, string code, int status)
    {
        var response = await host.Http().GetAsync("/v1/resources/" + identifier);
        await response.ProblemAsync((HttpStatusCode)status, code);
    }

    [Fact]
    public async Task Other_organisations_things_do_not_exist()
    {
        var (provider, _) = await host.ProviderAsync();
        var machine = await provider.EnrolledMachineAsync();
        var listing = await provider.CreateListingAsync(RegistryWalk.ListingOf(machine.MachineId), RegistryWalk.NewKey());
        var enrolment = (await provider.ListEnrolmentsAsync(machine.MachineId)).Items[0].EnrolmentId;
        var owner = (await host.Client().GetResourceAsync(machine.ResourceIdentifier)).ProviderId;

        var (thief, _) = await host.ProviderAsync();
        await IsNotFoundAsync(() => thief.GetMachineAsync(machine.MachineId));
        await IsNotFoundAsync(() => thief.GetListingAsync(listing.ListingId));
        await IsNotFoundAsync(() => thief.SubmitListingAsync(listing.ListingId, "k1"));
        await IsNotFoundAsync(() => thief.WithdrawListingAsync(listing.ListingId, "k2"));
        await IsNotFoundAsync(() => thief.ReviseListingAsync(listing.ListingId, 1, new ReviseListingRequest(MinimumHours: 2)));
        await IsNotFoundAsync(() => thief.IssueEnrolmentCodeAsync(machine.MachineId, "k3"));
        await IsNotFoundAsync(() => thief.ListEnrolmentsAsync(machine.MachineId));
        await IsNotFoundAsync(() => thief.RevokeEnrolmentAsync(machine.MachineId, enrolment, "mine"));
        await IsNotFoundAsync(() => thief.GetOrganisationAsync(owner));
        Assert.Empty((await thief.ListListingsAsync()).Items);
        Assert.Equal(listing, await provider.GetListingAsync(listing.ListingId));
        Assert.Equal("enrolled", (await provider.ListEnrolmentsAsync(machine.MachineId)).Items[0].Status);
        var unknown = await Assert.ThrowsAsync<ProblemException>(() => thief.CreateListingAsync(RegistryWalk.ListingOf(machine.MachineId), "k4"));
        Assert.Equal("machine_unknown", unknown.Code);
    }

    [Fact]
    public async Task Same_key_replays_and_another_body_under_it_is_refused()
    {
        var (provider, token) = await host.ProviderAsync();
        var first = await provider.RegisterMachineAsync(RegistryWalk.Machine, "once");
        var again = await host.Http(token).SendAsync(Answers.Post("/v1/machines", "once", JsonContent.Create(RegistryWalk.Machine)));
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(first.ResourceIdentifier, (string?)(await again.Content.ReadFromJsonAsync<JsonObject>())!["resourceIdentifier"]);
        foreach (var other in new[] { RegistryWalk.Machine with { CpuCores = 9 }, RegistryWalk.Machine with { HubId = "gansu", Cluster = "Qingyang" } })
        {
            var reused = await Assert.ThrowsAsync<ProblemException>(() => provider.RegisterMachineAsync(other, "once"));
            Assert.Equal("idempotency_key_reused", reused.Code);
        }

        Assert.Single((await provider.ListMachinesAsync()).Items);
    }

    [Theory]
    [InlineData("/v1/machines", null, HttpStatusCode.Unauthorized, "token_required")]
    [InlineData("/v1/machines", "listings:write", HttpStatusCode.Forbidden, "scope_required")]
    [InlineData("/v1/listings", "machines:write", HttpStatusCode.Forbidden, "scope_required")]
    [InlineData("/v1/organisations", "machines:write", HttpStatusCode.Forbidden, "scope_required")]
    public async Task Writing_needs_the_scope(string path, string? scope, HttpStatusCode status, string code)
    {
        var token = scope is null ? null : host.TokenOf(host.NewOrganisation(), scope);
        var response = await host.Http(token).SendAsync(Answers.Post(path, "k", Answers.Json("{}")));
        await response.ProblemAsync(status, code);
    }

    [Theory]
    [InlineData("/v1/offers?minInt8Gop=1", "unknown_parameter")]
    [InlineData("/v1/offers?maxPricePerGpuHour=2", "invalid_fields")]
    [InlineData("/v1/offers?maxPricePerGpuHour=x&currency=USD", "invalid_fields")]
    [InlineData("/v1/offers?hub=No%20Hub", "invalid_fields")]
    [InlineData("/v1/offers?minGpuCount=99999999999", "malformed_request")]
    [InlineData("/v1/offers?cursor=nonsense", "invalid_cursor")]
    [InlineData("/v1/offers?limit=201", "invalid_fields")]
    public async Task Bad_filter_is_refused_not_ignored(string path, string code)
    {
        await (await host.Http().GetAsync(path)).ProblemAsync(HttpStatusCode.BadRequest, code);
    }

    private static string WeekBut(int hour, string price) => string.Join(',', Enumerable.Range(0, 168).Select(h => h == hour ? price : "\"2.10\""));

    private static async Task IsNotFoundAsync<T>(Func<Task<T>> request) =>
        Assert.Equal("not_found", (await Assert.ThrowsAsync<ProblemException>(request)).Code);
}
