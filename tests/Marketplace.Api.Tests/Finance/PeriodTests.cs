using System.Net;
using Marketplace.Api.Auth;
using Marketplace.Client;
using Marketplace.Client.Models;
using NodaTime;

namespace Marketplace.Api.Tests.Finance;

public sealed class PeriodTests : IAsyncLifetime
{
    private ApiHost host = null!;

    public async ValueTask InitializeAsync() => host = await ApiHost.StartAsync(ReconciliationTests.WithStrayTransfer);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_month_is_closed_once_it_is_over_and_its_differences_are_resolved()
    {
        var finance = host.Client(host.StaffToken(Scopes.FinanceRead, Scopes.FinanceWrite));
        Assert.Equal("period_not_over", (await Assert.ThrowsAsync<ProblemException>(() => finance.ClosePeriodAsync("2026-11", "a"))).Code);
        host.Time.Advance(Duration.FromDays(31));
        Assert.Equal("differences_open", (await Assert.ThrowsAsync<ProblemException>(() => finance.ClosePeriodAsync("2026-11", "a"))).Code);
        var made = (await finance.ListReconciliationsAsync()).Items[0];
        Assert.Equal((1, 1), (made.DifferenceCount, made.OpenCount));
        var difference = Assert.Single((await finance.GetReconciliationAsync(made.ReconciliationId)).Differences!);

        async Task<string> Refused(string id, ResolveDifferenceRequest request, string key) =>
            (await Assert.ThrowsAsync<ProblemException>(() => finance.ResolveDifferenceAsync(made.ReconciliationId, id, request, key))).Code;
        Assert.Equal("invalid_fields", await Refused(difference.DifferenceId, new(" ", null), "b"));
        Assert.Equal("invalid_fields", await Refused(difference.DifferenceId, new("a reason", "no entry"), "b"));
        Assert.Equal("entry_unknown", await Refused(difference.DifferenceId, new("a reason", "ent_01JABCDEFGHJKMNPQRSTVWXYZ0"), "b"));
        Assert.Equal("difference_unknown", await Refused("dif_none", new("a reason", null), "b"));
        var resolved = await finance.ResolveDifferenceAsync(made.ReconciliationId, difference.DifferenceId, new("Made by hand to test the account", null), "b");
        Assert.Equal("Made by hand to test the account", resolved.Resolution!.Reason);
        Assert.Equal("difference_resolved_already", await Refused(difference.DifferenceId, new("another", null), "c"));

        var closed = await finance.ClosePeriodAsync("2026-11", "d");
        Assert.Equal(("2026-11", 1), (closed.Period, closed.ResolvedCount));
        Assert.Equal(closed.ReconciliationId, (await finance.ClosePeriodAsync("2026-11", "d")).ReconciliationId);
        Assert.Equal("period_closed_already", (await Assert.ThrowsAsync<ProblemException>(() => finance.ClosePeriodAsync("2026-11", "e"))).Code);
        Assert.Equal(closed.ClosedAt, (await finance.GetPeriodClosureAsync("2026-11")).ClosedAt);
        Assert.Equal(["2026-11"], (await finance.ListPeriodClosuresAsync()).Items.Select(c => c.Period));
        Assert.Equal("not_found", (await Assert.ThrowsAsync<ProblemException>(() => finance.GetPeriodClosureAsync("2026-10"))).Code);
        Assert.Contains("Made by hand", await finance.GetDifferencesCsvAsync(closed.ReconciliationId), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_finance_closes()
    {
        using var reader = await host.Http(host.StaffToken(Scopes.FinanceRead)).SendAsync(Answers.Post("/v1/periods/2026-10/closure", "a", null));
        await reader.ProblemAsync(HttpStatusCode.Forbidden, "scope_required");
        using var organisation = await host.Http(host.TokenOf(host.NewOrganisation())).GetAsync("/v1/periods");
        await organisation.ProblemAsync(HttpStatusCode.Forbidden, "scope_required");
        using var malformed = await host.Http(host.StaffToken()).SendAsync(Answers.Post("/v1/periods/2026-13/closure", "a", null));
        await malformed.ProblemAsync(HttpStatusCode.NotFound, "not_found");
    }
}
