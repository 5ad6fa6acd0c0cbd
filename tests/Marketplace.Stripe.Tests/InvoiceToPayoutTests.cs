using Marketplace.Billing.Payments;
using NodaTime;
using Stripe;

namespace Marketplace.Stripe.Tests;

public class InvoiceToPayoutTests
{
    [Fact]
    public async Task An_invoice_is_paid_and_its_charge_is_transferred_and_listed()
    {
        await using var stripe = await DoubleFixture.Start(o => o with { FeeBasisPoints = 290 });
        var provider = new PaymentParty(Ids.Organisation(), "Provider", "provider@example.com");
        var account = await stripe.Gateway.EnsureConnectedAccountAsync(provider, stripe.Now, default);
        var (draft, invoice) = await stripe.Draft();
        InvoiceLine[] lines = [.. Enumerable.Range(1, 12).Select(i => stripe.Line(100 * i))];
        foreach (var line in lines) await stripe.Gateway.AddLineAsync(draft, invoice, line, stripe.Now, default);
        var total = await stripe.Gateway.FinalizeInvoiceAsync(draft.InvoiceId, invoice, stripe.Now, default);
        Assert.Equal(Money.OfMinor(7_800, Currency.Usd), total);

        Assert.Equal(CollectionOutcome.Paid, await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, stripe.Now, default));
        var paid = await stripe.Gateway.FindInvoiceAsync(draft.ExternalCustomerId, draft.InvoiceId, default);
        Assert.Equal((ExternalInvoiceState.Paid, total, total), (paid!.State, paid.Total, paid.Paid));
        var order = new TransferOrder(Ids.Payout(), draft.InvoiceId, account, paid.ExternalPaymentId!, Money.OfMinor(7_410, Currency.Usd));
        var transfer = await stripe.Gateway.TransferAsync(order, stripe.Now, default);

        var interval = new Interval(stripe.Now, stripe.Now + Duration.FromSeconds(1));
        var listed = await stripe.Gateway.ListInvoiceLinesAsync(interval, default).ToListAsync();
        Assert.Equal(lines.Select(l => ((UsageId?)l.UsageId, l.Amount)), listed.Select(l => (l.UsageId, l.Amount)));
        Assert.All(listed, l => Assert.Equal((draft.InvoiceId, true), (l.InvoiceId!.Value, l.IsPaid)));
        var payment = Assert.Single(await stripe.Gateway.ListPaymentsAsync(interval, default).ToListAsync());
        Assert.Equal((draft.InvoiceId, total, total), (payment.InvoiceId!.Value, payment.Amount, payment.BalanceAmount));
        Assert.Equal(Money.OfMinor(226, Currency.Usd), payment.ServiceFee);
        var moved = Assert.Single(await stripe.Gateway.ListTransfersAsync(interval, default).ToListAsync());
        Assert.Equal((transfer, order.PayoutId, order.Amount), (moved.ExternalId, moved.PayoutId!.Value, moved.Amount));
        Assert.Empty(await stripe.Gateway.ListInvoiceLinesAsync(new Interval(stripe.Now + Duration.FromSeconds(1), null), default).ToListAsync());
    }

    [Fact]
    public async Task A_transfer_without_a_charge_needs_available_balance()
    {
        await using var stripe = await DoubleFixture.Start();
        var account = await stripe.Gateway.EnsureConnectedAccountAsync(
            new PaymentParty(Ids.Organisation(), "Provider", "p@example.com"), stripe.Now, default);
        var (draft, invoice) = await stripe.Final(1_000);
        await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, stripe.Now, default);
        var transfer = new TransferCreateOptions { Amount = 1_000, Currency = "usd", Destination = account };
        var refused = await Assert.ThrowsAsync<StripeException>(() => stripe.Client.V1.Transfers.CreateAsync(transfer));
        Assert.Equal("balance_insufficient", refused.StripeError.Code);

        stripe.Clock.Advance(TimeSpan.FromDays(2));
        await stripe.Client.V1.Transfers.CreateAsync(transfer);
        var balance = await stripe.Client.V1.Balance.GetAsync();
        Assert.Equal(0, balance.Available.Single(b => b.Currency == "usd").Amount);
    }

    [Fact]
    public async Task Transfers_cannot_exceed_their_charge_until_one_is_reversed()
    {
        await using var stripe = await DoubleFixture.Start();
        var account = await stripe.Gateway.EnsureConnectedAccountAsync(
            new PaymentParty(Ids.Organisation(), "Provider", "p@example.com"), stripe.Now, default);
        var (draft, invoice) = await stripe.Final(1_000);
        await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, stripe.Now, default);
        var charge = (await stripe.Gateway.GetInvoiceAsync(invoice, default)).ExternalPaymentId!;
        TransferOrder Order(long cents) => new(Ids.Payout(), draft.InvoiceId, account, charge, Money.OfMinor(cents, Currency.Usd));
        var first = await stripe.Gateway.TransferAsync(Order(600), stripe.Now, default);
        await Assert.ThrowsAsync<PaymentServiceException>(() => stripe.Gateway.TransferAsync(Order(401), stripe.Now, default));
        await stripe.Gateway.ReverseTransferAsync(first!, Money.OfMinor(100, Currency.Usd), "dispute-1", stripe.Now, default);
        await stripe.Gateway.ReverseTransferAsync(first!, Money.OfMinor(100, Currency.Usd), "dispute-1", stripe.Now, default);
        await stripe.Gateway.TransferAsync(Order(500), stripe.Now, default);
        await stripe.Gateway.RefundAsync(charge, Money.OfMinor(250, Currency.Usd), "refund-1", stripe.Now, default);
        Assert.Equal(250, (await stripe.Client.V1.Charges.GetAsync(charge)).AmountRefunded);
    }

    [Fact]
    public async Task A_declined_card_leaves_the_invoice_open_and_a_new_attempt_may_succeed()
    {
        await using var stripe = await DoubleFixture.Start();
        var (draft, invoice) = await stripe.Final(1_000);
        await UseMethod(stripe, draft.ExternalCustomerId, "pm_card_chargeCustomerFail");
        Assert.Equal(CollectionOutcome.Declined, await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, stripe.Now, default));
        Assert.Equal(ExternalInvoiceState.Open, (await stripe.Gateway.GetInvoiceAsync(invoice, default)).State);

        await UseMethod(stripe, draft.ExternalCustomerId, "pm_card_visa");
        Assert.Equal(CollectionOutcome.Declined, await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, stripe.Now, default));
        Assert.Equal(CollectionOutcome.Paid, await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 2, stripe.Now, default));
        Assert.Equal(CollectionOutcome.Paid, await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 3, stripe.Now, default));
        Assert.Single(await stripe.Gateway.ListPaymentsAsync(new Interval(stripe.Now, null), default).ToListAsync());
    }

    [Fact]
    public async Task A_payout_names_the_movements_that_it_settles()
    {
        await using var stripe = await DoubleFixture.Start();
        var (draft, invoice) = await stripe.Final(1_000);
        await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, stripe.Now, default);
        stripe.Clock.Advance(TimeSpan.FromDays(2));
        var payout = await stripe.Client.V1.Payouts.CreateAsync(new PayoutCreateOptions { Amount = 1_000, Currency = "usd" });
        var settled = await stripe.Client.V1.BalanceTransactions.ListAsync(new BalanceTransactionListOptions { Payout = payout.Id });
        var charge = (await stripe.Gateway.GetInvoiceAsync(invoice, default)).ExternalPaymentId;
        Assert.Equal((charge, 1_000L, "available"), (settled.Single().SourceId, settled.Single().Net, settled.Single().Status));
    }

    private static Task<Customer> UseMethod(DoubleFixture stripe, string customer, string method) =>
        stripe.Client.V1.Customers.UpdateAsync(customer, new CustomerUpdateOptions
        {
            InvoiceSettings = new CustomerInvoiceSettingsOptions { DefaultPaymentMethod = method },
        });
}
