using System.Net;
using Marketplace.Api.Auth;
using Marketplace.Billing.Payments;
using Marketplace.Client;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using Marketplace.Testing.Payments;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Api.Tests.Billing;

public sealed class TopUpTests
{
    [Fact]
    public async Task Top_ups_are_the_buyers_own_and_refusals_have_their_codes()
    {
        await using var host = await ApiHost.StartAsync();
        var (buyer, other) = (host.NewOrganisation(), host.NewOrganisation());
        foreach (var one in new[] { buyer, other }) await host.SendAsync(new OrganisationRegistered(one, "Buyer", "b@example.com", Provides: false, Buys: true));
        await host.WhenIdleAsync();
        var (own, others) = (host.Client(host.TokenOf(buyer)), host.Client(host.TokenOf(other)));
        var finance = host.Client(host.StaffToken(Scopes.FinanceRead, Scopes.FinanceWrite));
        static TopUpRequest Of(string amount) => new(new MoneyModel(amount, "USD"));

        Assert.Equal("invalid_fields", (await Refused(() => own.TopUpAsync(new TopUpRequest(null), "k"))).Code);
        Assert.Equal("top_up_too_small", (await Refused(() => own.TopUpAsync(Of("9.99"), "k"))).Code);
        Assert.Equal("top_up_too_large", (await Refused(() => own.TopUpAsync(Of("1000000.00"), "k"))).Code);
        Assert.Equal("buyer_unknown", (await Refused(() => host.Client(host.TokenOf(host.NewOrganisation())).TopUpAsync(Of("10.00"), "k"))).Code);
        Assert.Equal("scope_required", (await Refused(() => finance.TopUpAsync(Of("10.00"), "k"))).Code);
        Assert.Equal("scope_required", (await Refused(() => host.Client(host.TokenOf(buyer, Scopes.LeasesWrite)).TopUpAsync(Of("10.00"), "k"))).Code);

        var gateway = (FakePaymentGateway)host.Services.GetRequiredService<IPaymentGateway>();
        gateway.Authenticating.Add(buyer);
        var topUp = await own.TopUpAsync(Of("20.00"), "top-up-1");
        Assert.Equal("idempotency_key_reused", (await Refused(() => own.TopUpAsync(Of("30.00"), "top-up-1"))).Code);
        await host.WhenIdleAsync();
        Assert.StartsWith("secret_", (await own.GetTopUpSecretAsync(topUp.TopUpId)).ClientSecret, StringComparison.Ordinal);
        Assert.Equal("top_up_not_paid", (await Refused(() => own.RefundTopUpAsync(topUp.TopUpId, new TopUpRefundRequest(), "r"))).Code);
        foreach (var act in new Func<Task>[]
        {
            () => others.GetTopUpAsync(topUp.TopUpId), () => others.GetTopUpSecretAsync(topUp.TopUpId), () => own.GetTopUpAsync("top_1"),
            () => others.RefundTopUpAsync(topUp.TopUpId, new TopUpRefundRequest(), "r"), () => own.RefundTopUpAsync("top_1", new TopUpRefundRequest(), "r"),
        })
        {
            Assert.Equal((HttpStatusCode.NotFound, "not_found"), (await Assert.ThrowsAsync<ProblemException>(act) is var refused ? (refused.Status, refused.Code) : default));
        }

        Assert.True(gateway.CompleteTopUp(TopUpId.Parse(topUp.TopUpId), succeeds: true));
        await host.AdvanceAsync(NodaTime.Duration.FromMinutes(6));
        Assert.Equal("not_found", (await Refused(() => own.GetTopUpSecretAsync(topUp.TopUpId))).Code);
        Assert.Equal("nothing_to_refund", (await Refused(() => own.RefundTopUpAsync(topUp.TopUpId, new TopUpRefundRequest(new MoneyModel("0.00", "USD")), "r"))).Code);
        Assert.Equal("refund_exceeds_unused", (await Refused(() => own.RefundTopUpAsync(topUp.TopUpId, new TopUpRefundRequest(new MoneyModel("20.01", "USD")), "r"))).Code);
        Assert.Equal("credit_currency_differs", (await Refused(() => own.RefundTopUpAsync(topUp.TopUpId, new TopUpRefundRequest(new MoneyModel("1.00", "CNY")), "r"))).Code);
        await finance.SetCreditLimitsAsync(buyer.ToString(), new SetCreditLimitsRequest([new MoneyModel("0.00", "USD")], "prepaid only"), "limit");
        Assert.Equal("20.00", (await own.GetCreditAsync()).Currencies.Single(c => c.Prepaid.Currency == "USD").Available!.Amount);
        Assert.Equal("20.00", (await own.RefundTopUpAsync(topUp.TopUpId, new TopUpRefundRequest(), "r")).Amount.Amount);

        Assert.Equal(topUp.TopUpId, Assert.Single((await finance.ListTopUpsAsync()).Items).TopUpId);
        Assert.Equal(topUp.TopUpId, (await finance.GetTopUpAsync(topUp.TopUpId)).TopUpId);
        Assert.Empty((await others.ListTopUpsAsync()).Items);
    }

    private static Task<ProblemException> Refused<T>(Func<Task<T>> act) => Assert.ThrowsAsync<ProblemException>(act);
}
