using Marketplace.Billing.Payments;
using Marketplace.StripeDouble;
using Stripe;

namespace Marketplace.Stripe.Tests;

public sealed class DurabilityTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("stripe-double-").FullName;

    [Fact]
    public async Task A_restart_keeps_objects_keys_and_undelivered_webhooks()
    {
        var file = Path.Combine(folder, "stripe.db");
        InvoiceDraft draft;
        string invoice;
        await using (var before = await DoubleFixture.Start(o => o with { DataFile = file }))
        {
            (draft, invoice) = await before.Final(1_000);
            await before.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, before.Now, default);
        }

        await using var receiver = await WebhookReceiver.Start();
        await using var after = await DoubleFixture.Start(o => o with { DataFile = file, WebhookUrl = receiver.Url });
        Assert.Equal(invoice, await after.Gateway.CreateInvoiceAsync(draft, after.Now, default));
        Assert.Equal(ExternalInvoiceState.Paid, (await after.Gateway.GetInvoiceAsync(invoice, default)).State);
        Assert.Single(await after.Client.V1.Invoices.ListAsync());
        Assert.Contains("customer.created", (await receiver.Next()).Body, StringComparison.Ordinal);

        var other = await after.Client.V1.Customers.CreateAsync(new CustomerCreateOptions { Name = "n" });
        Assert.NotEqual(draft.ExternalCustomerId, other.Id);
    }

    [Fact]
    public async Task An_altered_line_changes_nothing_else()
    {
        await using var stripe = await DoubleFixture.Start();
        var (_, invoice) = await stripe.Final(1_000);
        var line = (await stripe.Client.V1.Invoices.GetAsync(invoice)).Lines.Single();
        Assert.True(stripe.Server.AlterInvoiceLine(line.Id, 1_001));
        Assert.False(stripe.Server.AlterInvoiceLine(invoice, 1));
        var seen = await stripe.Client.V1.Invoices.GetAsync(invoice);
        Assert.Equal((1_000, 1_001), (seen.Total, seen.Lines.Single().Amount));
    }

    [Fact]
    public async Task Control_calls_work_over_http()
    {
        await using var stripe = await DoubleFixture.Start();
        using var http = new HttpClient { BaseAddress = stripe.Server.BaseUrl };
        using var fault = new StringContent("""{"kind":"ServerError","pathContains":"/v1/customers"}""", null, "application/json");
        (await http.PostAsync("/_double/faults", fault)).EnsureSuccessStatusCode();
        await Assert.ThrowsAsync<PaymentServiceException>(
            () => stripe.Gateway.EnsureCustomerAsync(new PaymentParty(Ids.Organisation(), "n", "e@example.com"), stripe.Now, default));
        using var held = new StringContent("""{"held":true}""", null, "application/json");
        (await http.PutAsync("/_double/webhooks", held)).EnsureSuccessStatusCode();
        Assert.True(stripe.Server.Webhooks.Held);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
