using Marketplace.Billing.Payments;
using Marketplace.StripeDouble.Faults;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using Stripe;

namespace Marketplace.Stripe.Tests;

/// <summary>Payments in advance: made once, whatever fails, and known by asking or by webhook.</summary>
public class TopUpTests
{
    private static readonly Money Hundred = Money.OfMinor(10_000, Currency.Usd);

    [Fact]
    public async Task A_top_up_is_charged_to_the_buyers_own_method_once_and_is_listed_as_ours()
    {
        await using var stripe = await DoubleFixture.Start();
        var order = await Order(stripe, "pm_card_visa");
        var tried = stripe.Now;
        var paid = await stripe.Gateway.ChargeTopUpAsync(order, tried, default);
        Assert.Equal((ExternalTopUpState.Paid, Hundred), (paid.State, paid.Paid));
        Assert.Equal(paid, await stripe.Gateway.ChargeTopUpAsync(order, tried, default));
        stripe.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(paid, await stripe.Gateway.ChargeTopUpAsync(order, tried, default));
        Assert.Equal(paid, await stripe.Gateway.GetTopUpAsync(paid.ExternalId, default));

        var listed = Assert.Single(await stripe.Gateway.ListPaymentsAsync(new Interval(tried, stripe.Now), default).ToListAsync());
        Assert.Equal((paid.ExternalPaymentId, order.TopUpId, null, Hundred, Hundred), (listed.ExternalId, listed.TopUpId, listed.InvoiceId, listed.Amount, listed.BalanceAmount));
        var refund = await stripe.Gateway.RefundAsync(paid.ExternalPaymentId!, Money.OfMinor(4_000, Currency.Usd), "rfd_1", stripe.Now, default);
        Assert.Equal(("rfd_1", 4_000), (await stripe.Gateway.ListCorrectionsAsync(new Interval(tried, stripe.Now + Duration.FromSeconds(1)), default)
            .Select(c => (c.Reference!, c.Amount.MinorUnits)).SingleAsync()));
        Assert.NotEmpty(refund);
    }

    [Theory]
    [InlineData(FaultKind.ServerError)]
    [InlineData(FaultKind.KeptServerError)]
    [InlineData(FaultKind.TooManyRequests)]
    [InlineData(FaultKind.ResetBeforeCommit)]
    [InlineData(FaultKind.ResetAfterCommit)]
    [InlineData(FaultKind.TimeoutAfterCommit)]
    public async Task A_retry_after_a_fault_of_any_of_its_calls_takes_one_payment(FaultKind kind)
    {
        await using var stripe = await DoubleFixture.Start();
        foreach (var (path, method) in new[] { ("/v1/payment_intents", "POST"), ("/confirm", "POST"), ("/v1/customers/", "GET"), ("/v1/payment_intents/", "GET") })
        {
            var order = await Order(stripe, "pm_card_visa");
            var impatient = stripe.NewGateway(timeout: TimeSpan.FromMilliseconds(300));
            stripe.Server.Faults.Add(new Fault(kind, path, Method: method));
            await Assert.ThrowsAsync<PaymentServiceException>(() => impatient.ChargeTopUpAsync(order, stripe.Now, default));
            Assert.Equal(ExternalTopUpState.Paid, (await stripe.Gateway.ChargeTopUpAsync(order, stripe.Now, default)).State);
            var charges = await stripe.Client.V1.Charges.ListAsync(new ChargeListOptions { Customer = order.ExternalCustomerId });
            Assert.Single(charges, charge => charge.Status == "succeeded");
        }
    }

    [Fact]
    public async Task A_declined_top_up_stays_declined_until_it_is_paid_otherwise()
    {
        await using var receiver = await WebhookReceiver.Start();
        await using var stripe = await DoubleFixture.Start(o => o with
        {
            WebhookUrl = receiver.Url, WebhookTypes = ["payment_intent.payment_failed", "payment_intent.succeeded", "payment_intent.canceled"],
        });
        var order = await Order(stripe, "pm_card_chargeCustomerFail");
        var tried = stripe.Now;
        var declined = await stripe.Gateway.ChargeTopUpAsync(order, tried, default);
        Assert.Equal((ExternalTopUpState.Declined, 0, null), (declined.State, declined.Paid.MinorUnits, declined.ExternalPaymentId));
        Assert.Equal(declined, await stripe.Gateway.ChargeTopUpAsync(order, tried, default));
        await Reported(receiver, stripe, "payment_intent.payment_failed", order);
        stripe.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(declined, await stripe.Gateway.ChargeTopUpAsync(order, tried, default));

        Assert.True(stripe.Server.CompletePayment(declined.ExternalId, succeeds: true));
        Assert.False(stripe.Server.CompletePayment(declined.ExternalId, succeeds: true));
        Assert.Equal(ExternalTopUpState.Paid, (await stripe.Gateway.GetTopUpAsync(declined.ExternalId, default)).State);
        await Reported(receiver, stripe, "payment_intent.succeeded", order);
    }

    [Theory]
    [InlineData("pm_card_authenticationRequired")]
    [InlineData(null)]
    public async Task A_top_up_that_its_buyer_must_complete_waits_and_can_be_given_up(string? method)
    {
        await using var stripe = await DoubleFixture.Start();
        var (first, second, third) = (await Order(stripe, method), await Order(stripe, method), await Order(stripe, method));
        var waiting = await stripe.Gateway.ChargeTopUpAsync(first, stripe.Now, default);
        Assert.Equal(ExternalTopUpState.Pending, waiting.State);
        Assert.NotEmpty(waiting.ClientSecret!);
        stripe.Server.CompletePayment(waiting.ExternalId, succeeds: true);
        Assert.Equal(Hundred, (await stripe.Gateway.GetTopUpAsync(waiting.ExternalId, default)).Paid);
        Assert.Equal(ExternalTopUpState.Paid, (await stripe.Gateway.CancelTopUpAsync(first.TopUpId, waiting.ExternalId, stripe.Now, default)).State);

        waiting = await stripe.Gateway.ChargeTopUpAsync(second, stripe.Now, default);
        stripe.Server.CompletePayment(waiting.ExternalId, succeeds: false);
        Assert.Equal(ExternalTopUpState.Declined, (await stripe.Gateway.GetTopUpAsync(waiting.ExternalId, default)).State);

        waiting = await stripe.Gateway.ChargeTopUpAsync(third, stripe.Now, default);
        var tried = stripe.Now;
        Assert.Equal(ExternalTopUpState.Cancelled, (await stripe.Gateway.CancelTopUpAsync(third.TopUpId, waiting.ExternalId, tried, default)).State);
        stripe.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(ExternalTopUpState.Cancelled, (await stripe.Gateway.CancelTopUpAsync(third.TopUpId, waiting.ExternalId, tried, default)).State);
        Assert.False(stripe.Server.CompletePayment(waiting.ExternalId, succeeds: true));
    }

    [Fact]
    public async Task The_double_refuses_what_Stripe_would()
    {
        await using var stripe = await DoubleFixture.Start();
        var intents = stripe.Client.V1.PaymentIntents;
        var (_, invoice) = await stripe.Final(1_000);
        var payments = await stripe.Client.V1.InvoicePayments.ListAsync(new InvoicePaymentListOptions { Invoice = invoice });
        var refused = await Assert.ThrowsAsync<StripeException>(
            () => intents.ConfirmAsync(payments.Data[0].Payment.PaymentIntentId, new PaymentIntentConfirmOptions { PaymentMethod = "pm_card_visa" }));
        Assert.Contains("created by an invoice", refused.Message, StringComparison.Ordinal);
        await Refused("parameter_invalid_integer", () => intents.CreateAsync(new PaymentIntentCreateOptions { Amount = 0, Currency = "usd" }));
        await Refused("amount_too_large", () => intents.CreateAsync(new PaymentIntentCreateOptions { Amount = 100_000_000, Currency = "usd" }));
        await Refused("resource_missing", () => intents.CreateAsync(new PaymentIntentCreateOptions { Amount = 1, Currency = "usd", Customer = "cus_none" }));
        var unknown = new PaymentIntentCreateOptions { Amount = 1, Currency = "usd" };
        unknown.AddExtraParam("colour", "blue");
        await Refused("parameter_unknown", () => intents.CreateAsync(unknown));

        var paid = await stripe.Gateway.ChargeTopUpAsync(await Order(stripe, "pm_card_visa"), stripe.Now, default);
        await Refused("payment_intent_unexpected_state", () => intents.CancelAsync(paid.ExternalId));
        await Refused("payment_intent_unexpected_state", () => intents.ConfirmAsync(paid.ExternalId, new PaymentIntentConfirmOptions { PaymentMethod = "pm_card_visa" }));
        var untried = await intents.CreateAsync(new PaymentIntentCreateOptions { Amount = 1_000, Currency = "usd" });
        await Refused("parameter_missing", () => intents.ConfirmAsync(untried.Id));
    }

    private static async Task Refused(string code, Func<Task> call) => Assert.Equal(code, (await Assert.ThrowsAsync<StripeException>(call)).StripeError.Code);

    private static async Task Reported(WebhookReceiver receiver, DoubleFixture stripe, string type, TopUpOrder order)
    {
        var (body, signature) = await receiver.Next();
        var read = new StripeWebhooks(DoubleFixture.Options, stripe.Clock, NullLogger<StripeWebhooks>.Instance).Read(body, signature).Value;
        Assert.Equal((type, PaymentEventKind.TopUpChanged, order.TopUpId, order.Buyer, null), (read.Type, read.Kind, read.TopUpId, read.Buyer, read.InvoiceId));
    }

    /// <summary>An order of a new customer with a method of its own, or without one.</summary>
    private static async Task<TopUpOrder> Order(DoubleFixture stripe, string? method)
    {
        var buyer = Ids.Organisation();
        var customer = await stripe.Gateway.EnsureCustomerAsync(new PaymentParty(buyer, "Buyer", "buyer@example.com"), stripe.Now, default);
        if (method is not null)
        {
            await stripe.Client.V1.Customers.UpdateAsync(
                customer, new CustomerUpdateOptions { InvoiceSettings = new CustomerInvoiceSettingsOptions { DefaultPaymentMethod = method } });
        }

        return new TopUpOrder(Ids.TopUp(), buyer, customer, Hundred);
    }
}
