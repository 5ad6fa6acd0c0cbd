using Marketplace.Billing.Payments;
using Marketplace.StripeDouble.Faults;
using Stripe;

namespace Marketplace.Stripe.Tests;

public class FaultTests
{
    [Theory]
    [InlineData(FaultKind.ServerError)]
    [InlineData(FaultKind.KeptServerError)]
    [InlineData(FaultKind.TooManyRequests)]
    [InlineData(FaultKind.ResetBeforeCommit)]
    [InlineData(FaultKind.ResetAfterCommit)]
    [InlineData(FaultKind.TimeoutAfterCommit)]
    public async Task A_retry_after_a_fault_gives_one_invoice(FaultKind kind)
    {
        await using var stripe = await DoubleFixture.Start();
        var (draft, first) = await stripe.Draft();
        draft = draft with { InvoiceId = Ids.Invoice() };
        var impatient = stripe.NewGateway(timeout: TimeSpan.FromMilliseconds(300));
        stripe.Server.Faults.Add(new Fault(kind, "/v1/invoices"));

        await Assert.ThrowsAsync<PaymentServiceException>(() => impatient.CreateInvoiceAsync(draft, stripe.Now, default));
        var made = await stripe.Gateway.CreateInvoiceAsync(draft, stripe.Now, default);
        Assert.Equal(made, await stripe.Gateway.CreateInvoiceAsync(draft, stripe.Now, default));
        var all = await stripe.Client.V1.Invoices.ListAsync(new InvoiceListOptions { Customer = draft.ExternalCustomerId });
        Assert.Equal([made, first], all.Select(i => i.Id));
    }

    [Fact]
    public async Task A_write_that_was_first_tried_a_day_ago_is_looked_up_instead_of_repeated()
    {
        await using var stripe = await DoubleFixture.Start();
        var tried = stripe.Now;
        var account = await stripe.Gateway.EnsureConnectedAccountAsync(new PaymentParty(Ids.Organisation(), "P", "p@example.com"), tried, default);
        var (draft, invoice) = await stripe.Draft();
        var line = stripe.Line(900);
        await stripe.Gateway.AddLineAsync(draft, invoice, line, tried, default);
        await stripe.Gateway.FinalizeInvoiceAsync(draft.InvoiceId, invoice, tried, default);
        await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, tried, default);
        var charge = (await stripe.Gateway.GetInvoiceAsync(invoice, default)).ExternalPaymentId!;
        var order = new TransferOrder(Ids.Payout(), draft.InvoiceId, account, charge, Money.OfMinor(400, Currency.Usd));
        var transfer = await stripe.Gateway.TransferAsync(order, tried, default);

        stripe.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(invoice, await stripe.Gateway.CreateInvoiceAsync(draft, tried, default));
        await stripe.Gateway.AddLineAsync(draft, invoice, line, tried, default);
        Assert.Equal(line.Amount, await stripe.Gateway.FinalizeInvoiceAsync(draft.InvoiceId, invoice, tried, default));
        Assert.Equal(CollectionOutcome.Paid, await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, tried, default));
        Assert.Equal(transfer, await stripe.Gateway.TransferAsync(order, tried, default));
        Assert.Equal(draft.ExternalCustomerId,
            await stripe.Gateway.EnsureCustomerAsync(new PaymentParty(draft.Buyer, "Buyer", "buyer@example.com"), tried, default));
        Assert.Single(await stripe.Client.V1.Customers.ListAsync());
        Assert.Single(await stripe.Client.V1.Transfers.ListAsync());
    }

    [Fact]
    public async Task An_account_is_found_again_by_its_metadata()
    {
        await using var stripe = await DoubleFixture.Start();
        var party = new PaymentParty(Ids.Organisation(), "P", "p@example.com");
        var tried = stripe.Now;
        var account = await stripe.Gateway.EnsureConnectedAccountAsync(party, tried, default);
        stripe.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(account, await stripe.Gateway.EnsureConnectedAccountAsync(party, tried, default));
        Assert.Single(await stripe.Client.V1.Accounts.ListAsync());
    }

    [Fact]
    public async Task Stripe_net_itself_gets_over_a_short_fault()
    {
        await using var stripe = await DoubleFixture.Start();
        var patient = stripe.NewGateway(retries: 1);
        stripe.Server.Faults.Add(new Fault(FaultKind.ResetAfterCommit, "/v1/customers"));
        await patient.EnsureCustomerAsync(new PaymentParty(Ids.Organisation(), "B", "b@example.com"), stripe.Now, default);
        Assert.Single(await stripe.Client.V1.Customers.ListAsync());
    }

    [Fact]
    public async Task One_key_for_two_different_writes_is_a_broken_invariant()
    {
        await using var stripe = await DoubleFixture.Start();
        var party = new PaymentParty(Ids.Organisation(), "P", "p@example.com");
        await stripe.Gateway.EnsureCustomerAsync(party, stripe.Now, default);
        await Assert.ThrowsAsync<InvariantException>(
            () => stripe.Gateway.EnsureCustomerAsync(party with { Name = "Q" }, stripe.Now, default));
    }

    /// <summary>What a sender does that is stopped again and again: it starts at the first line, and each is there once in the end.</summary>
    [Fact]
    public async Task A_long_invoice_that_is_resumed_after_every_kind_of_fault_has_each_line_once()
    {
        await using var stripe = await DoubleFixture.Start();
        var impatient = stripe.NewGateway(timeout: TimeSpan.FromMilliseconds(200));
        var (draft, invoice) = await stripe.Draft();
        InvoiceLine[] lines = [.. Enumerable.Range(1, 60).Select(i => stripe.Line(i))];
        var (sent, faults) = (0, 0);
        while (sent < lines.Length)
        {
            if (sent % 7 == 0 && faults < 12) stripe.Server.Faults.Add(new Fault((FaultKind)(faults % Enum.GetValues<FaultKind>().Length), "/v1/invoiceitems", Method: "POST"));
            try
            {
                await impatient.AddLineAsync(draft, invoice, lines[sent], stripe.Now, default);
                sent++;
            }
            catch (PaymentServiceException)
            {
                faults++;
                sent = Math.Max(0, sent - 3);
            }
        }

        Assert.Equal(12, faults);
        stripe.Server.Faults.Clear();
        Assert.Equal(lines.Sum(l => l.Amount.MinorUnits), (await stripe.Gateway.FinalizeInvoiceAsync(draft.InvoiceId, invoice, stripe.Now, default)).MinorUnits);
    }

    [Fact]
    public async Task Requests_are_paced()
    {
        using var connection = StripeGateway.Connect(DoubleFixture.Options with { RequestsPerSecond = 50 });
        await using var stripe = await DoubleFixture.Start();
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 11).Select(_ => connection.GetAsync(new Uri(stripe.Server.BaseUrl, "/v1/customers"))));
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(195));
    }
}
