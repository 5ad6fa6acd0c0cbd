using CsCheck;
using Marketplace.Billing.StartRun;
using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Billing.Tests;

public class TermsTests
{
    [Fact]
    public void The_plan_of_the_country_and_day_holds_and_else_the_default()
    {
        var plans = new RatePlans([
            Plan("new", null, "2027-01-01", null, 300), Plan("old", null, "2026-01-01", "2027-01-01", 500), Plan("de", "DE", "2026-07-01", null, 400)]);
        Assert.Equal("old", plans.At(null, Day("2026-12-31") + Duration.FromHours(23)).Id);
        Assert.Equal("new", plans.At("FR", Day("2027-01-01")).Id);
        Assert.Equal(("old", "de"), (plans.At("DE", Day("2026-06-30")).Id, plans.At("DE", Day("2027-06-30")).Id));
        Assert.Throws<InvariantException>(() => plans.At(null, Day("2025-12-31")));
    }

    [Theory]
    [InlineData("2026-01-01", "2026-06-01", "2026-05-31", null, "overlap")]
    [InlineData("2026-01-01", null, "2026-05-31", null, "overlap")]
    [InlineData("2026-01-01", "2026-06-01", "2026-06-02", null, "gap")]
    [InlineData("2026-01-01", "2026-06-01", "2026-06-01", "2027-01-01", "nothing holds")]
    public void Overlaps_gaps_and_ends_are_refused(string from, string? to, string nextFrom, string? nextTo, string why)
    {
        foreach (var country in new[] { null, "DE" })
        {
            var refused = Assert.Throws<ArgumentException>(() => new RatePlans([
                .. country is null ? Array.Empty<RatePlan>() : [Plan("default", null, "2000-01-01", null, 1)],
                Plan("a", country, from, to, 500), Plan("b", country, nextFrom, nextTo, 500)]));
            Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Plans_without_default_with_a_repeated_id_or_an_impossible_rate_or_country_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new RatePlans([Plan("a", "DE", "2026-01-01", null, 1)]));
        Assert.Throws<ArgumentException>(() => new RatePlans([Plan("a", null, "2026-01-01", null, 1), Plan("a", "DE", "2026-01-01", null, 1)]));
        Assert.Throws<ArgumentException>(() => new RatePlans([Plan("a", null, "2026-01-01", null, 10_001)]));
        Assert.Throws<ArgumentException>(() => new RatePlans([Plan("a", null, "2026-01-01", null, 1), Plan("b", "de", "2026-01-01", null, 1)]));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"fees":[],"taxes":[],"dunning":{"retryAfterDays":[0]},"disputes":{"windowDays":14},"payouts":{"schedule":"daily","minimum":[]},"meters":{"mirror":false}}""")]
    [InlineData("""{"fees":[],"feez":[],"taxes":[],"dunning":{"retryAfterDays":[1]},"disputes":{"windowDays":14},"payouts":{"schedule":"daily","minimum":[]},"meters":{"mirror":false}}""")]
    public void Malformed_terms_are_refused(string json) => Assert.Throws<ArgumentException>(() => BillingTerms.Read(json));

    [Fact]
    public async Task Fee_goes_by_the_providers_country_tax_by_the_buyers_and_the_charge_keeps_the_plans()
    {
        var terms = BillingTerms.Standard with
        {
            Fees = new RatePlans([Plan("fee", null, "2000-01-01", null, 500), Plan("fee-is", "IS", "2000-01-01", null, 1_000)]),
            Taxes = new RatePlans([Plan("tax", null, "2000-01-01", null, 0), Plan("tax-de", "DE", "2000-01-01", null, 1_900)]),
        };
        await using var scene = new BillingScene(with: services => services.AddSingleton(terms));
        await scene.Send(scene.Usage(await scene.Register(false, true, "DE"), await scene.Register(true, false, "IS"), 3_600));
        await scene.Market.RunAsync();
        Assert.Equal((250, -189, -21, -40), (
            scene.Balance(AccountKind.BuyerReceivable), scene.Balance(AccountKind.ProviderPayable),
            scene.Balance(AccountKind.PlatformRevenue), scene.Balance(AccountKind.Tax)));
        await scene.Run(RunPurpose.Billing, "b");
        var line = Assert.Single(Assert.Single(await scene.Invoices()).Lines);
        Assert.Equal(("fee-is", "tax-de", 40), (line.FeePlan, line.TaxPlan, line.Tax.MinorUnits));
    }

    [Fact]
    public async Task Usage_that_overtakes_a_registration_waits_for_the_country()
    {
        await using var scene = new BillingScene();
        var provider = await scene.Register(true, false);
        var late = OrganisationId.From(Ulid.Create(1, 7));
        await scene.Send(scene.Usage(late, provider, 3_600));
        await scene.Market.RunAsync();
        Assert.Empty(scene.Entries);
        await scene.Send(new OrganisationRegistered(late, "Late", "l@example.com", false, true, "DE"));
        await scene.Market.RunUntilAsync(scene.Market.Time.Now + Duration.FromMinutes(4));
        Assert.Single(scene.Entries);
        Assert.Empty(scene.Market.Messages.DeadLetters);
    }

    private static RatePlan Plan(string id, string? country, string from, string? to, int points) =>
        new(id, country, Date(from), to is null ? null : Date(to), points);

    private static LocalDate Date(string text) => NodaTime.Text.LocalDatePattern.Iso.Parse(text).Value;

    private static Instant Day(string text) => Date(text).AtMidnight().InUtc().ToInstant();
}
