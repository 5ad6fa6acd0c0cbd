using System.Net;
using Stripe;

namespace Marketplace.Stripe.Tests;

public class DoubleRefusesTests
{
    [Theory]
    [InlineData("colour", "blue", "parameter_unknown")]
    [InlineData("invoice_settings[colour]", "blue", "parameter_unknown")]
    [InlineData("balance", "12.5", "parameter_invalid_integer")]
    public async Task Parameters_that_Stripe_does_not_know_are_refused(string name, string value, string code)
    {
        await using var stripe = await DoubleFixture.Start();
        var create = new CustomerCreateOptions { Name = "n" };
        create.AddExtraParam(name, value);
        var refused = await Assert.ThrowsAsync<StripeException>(() => stripe.Client.V1.Customers.CreateAsync(create));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request_error", code, name),
            (refused.HttpStatusCode, refused.StripeError.Type, refused.StripeError.Code, refused.StripeError.Param));
        Assert.Empty(await stripe.Client.V1.Customers.ListAsync());
    }

    [Fact]
    public async Task A_final_invoice_takes_no_items()
    {
        await using var stripe = await DoubleFixture.Start();
        var (draft, invoice) = await stripe.Final(1_000);
        var item = new InvoiceItemCreateOptions { Customer = draft.ExternalCustomerId, Invoice = invoice, Amount = 1, Currency = "usd" };
        var refused = await Assert.ThrowsAsync<StripeException>(() => stripe.Client.V1.InvoiceItems.CreateAsync(item));
        Assert.Equal("invoice_not_editable", refused.StripeError.Code);
        Assert.Equal(1_000, (await stripe.Client.V1.Invoices.GetAsync(invoice)).Total);
    }

    [Fact]
    public async Task An_empty_invoice_cannot_be_finalized_and_a_draft_cannot_be_paid()
    {
        await using var stripe = await DoubleFixture.Start();
        var (_, invoice) = await stripe.Draft();
        var refused = await Assert.ThrowsAsync<StripeException>(() => stripe.Client.V1.Invoices.PayAsync(invoice));
        Assert.Equal("invoice_not_editable", refused.StripeError.Code);
        refused = await Assert.ThrowsAsync<StripeException>(() => stripe.Client.V1.Invoices.FinalizeInvoiceAsync(invoice));
        Assert.Equal("invoice_no_customer_line_items", refused.StripeError.Code);
    }

    [Fact]
    public async Task Unknown_objects_and_keys_are_refused()
    {
        await using var stripe = await DoubleFixture.Start();
        var refused = await Assert.ThrowsAsync<StripeException>(() => stripe.Client.V1.Invoices.GetAsync("in_none"));
        Assert.Equal((HttpStatusCode.NotFound, "resource_missing"), (refused.HttpStatusCode, refused.StripeError.Code));
        var stranger = new StripeClient(new StripeClientOptions { ApiKey = "sk_test_other", ApiBase = stripe.Server.BaseUrl.ToString().TrimEnd('/') });
        refused = await Assert.ThrowsAsync<StripeException>(() => stranger.V1.Customers.ListAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, refused.HttpStatusCode);
    }

    [Fact]
    public async Task A_key_gives_the_first_answer_again_and_refuses_other_content()
    {
        await using var stripe = await DoubleFixture.Start();
        var key = new RequestOptions { IdempotencyKey = "k-1" };
        var first = await stripe.Client.V1.Customers.CreateAsync(new CustomerCreateOptions { Name = "a" }, key);
        var again = await stripe.Client.V1.Customers.CreateAsync(new CustomerCreateOptions { Name = "a" }, key);
        Assert.Equal(first.Id, again.Id);
        Assert.Equal("true", again.StripeResponse.Headers.GetValues("Idempotent-Replayed").Single());
        var refused = await Assert.ThrowsAsync<StripeException>(
            () => stripe.Client.V1.Customers.CreateAsync(new CustomerCreateOptions { Name = "b" }, key));
        Assert.Equal("idempotency_error", refused.StripeError.Type);

        stripe.Clock.Advance(TimeSpan.FromHours(25));
        var later = await stripe.Client.V1.Customers.CreateAsync(new CustomerCreateOptions { Name = "a" }, key);
        Assert.NotEqual(first.Id, later.Id);
    }

    [Fact]
    public async Task Lists_come_in_pages_newest_first()
    {
        await using var stripe = await DoubleFixture.Start();
        for (var i = 0; i < 7; i++) await stripe.Client.V1.Customers.CreateAsync(new CustomerCreateOptions { Name = $"c{i}" });
        var page = await stripe.Client.V1.Customers.ListAsync(new CustomerListOptions { Limit = 3 });
        Assert.True(page.HasMore);
        Assert.Equal(["c6", "c5", "c4"], page.Select(c => c.Name));
        var all = await stripe.Client.V1.Customers.ListAutoPagingAsync(new CustomerListOptions { Limit = 3 }).ToListAsync();
        Assert.Equal(["c6", "c5", "c4", "c3", "c2", "c1", "c0"], all.Select(c => c.Name));
        await Assert.ThrowsAsync<StripeException>(() => stripe.Client.V1.Customers.ListAsync(new CustomerListOptions { Limit = 101 }));
    }
}
