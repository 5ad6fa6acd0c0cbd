using Marketplace.Billing.Payments;
using Marketplace.StripeDouble.Faults;
using Marketplace.StripeDouble.Webhooks;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Marketplace.Stripe.Tests;

public class WebhookTests
{
    private static readonly ManualClock Clock = new();

    [Fact]
    public async Task A_paid_invoice_is_reported_signed_and_names_our_invoice_and_buyer()
    {
        await using var receiver = await WebhookReceiver.Start();
        await using var stripe = await DoubleFixture.Start(o => o with { WebhookUrl = receiver.Url, WebhookTypes = ["invoice.paid"] });
        var (draft, invoice) = await stripe.Final(1_000);
        await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, stripe.Now, default);
        var (body, signature) = await receiver.Next();
        var read = Reader(stripe.Clock).Read(body, signature).Value;
        Assert.Equal((PaymentEventKind.InvoicePaid, "invoice.paid", draft.InvoiceId, draft.Buyer, stripe.Now),
            (read.Kind, read.Type, read.InvoiceId!.Value, read.Buyer!.Value, read.CreatedAt));
    }

    [Fact]
    public async Task A_webhook_that_is_not_acknowledged_is_sent_again_with_the_same_id()
    {
        await using var receiver = await WebhookReceiver.Start();
        receiver.Answers.Enqueue(500);
        await using var stripe = await DoubleFixture.Start(o => o with { WebhookUrl = receiver.Url, WebhookTypes = ["customer.created"] });
        await stripe.Draft();
        var reader = Reader(stripe.Clock);
        var first = await receiver.Next();
        var second = await receiver.Next();
        Assert.Equal(reader.Read(first.Body, first.Signature).Value.ExternalId, reader.Read(second.Body, second.Signature).Value.ExternalId);
    }

    [Fact]
    public async Task Webhooks_can_be_late_repeated_and_newest_first()
    {
        await using var receiver = await WebhookReceiver.Start();
        await using var stripe = await DoubleFixture.Start(o => o with { WebhookUrl = receiver.Url });
        stripe.Server.Webhooks = new WebhookBehaviour { Held = true };
        await stripe.Draft();
        Assert.True(receiver.IsEmpty);
        Assert.Equal(2, stripe.Server.UndeliveredWebhooks);
        stripe.Server.Webhooks = new WebhookBehaviour { Copies = 2, NewestFirst = true };
        var types = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var (body, signature) = await receiver.Next();
            types.Add(Reader(stripe.Clock).Read(body, signature).Value.Type);
        }

        Assert.Equal(["invoice.created", "invoice.created", "customer.created", "customer.created"], types);
    }

    [Fact]
    public async Task Forged_webhooks_are_refused_and_those_of_another_version_are_read()
    {
        await using var receiver = await WebhookReceiver.Start();
        await using var stripe = await DoubleFixture.Start(o => o with { WebhookUrl = receiver.Url, WebhookTypes = ["customer.created"] });
        stripe.Server.Webhooks = new WebhookBehaviour { Forged = true };
        await stripe.Draft();
        var (body, signature) = await receiver.Next();
        Assert.Equal(WebhookRefusal.SignatureInvalid, Reader(stripe.Clock).Read(body, signature).Refusal);

        stripe.Server.Webhooks = new WebhookBehaviour { ApiVersion = "2024-06-20" };
        await stripe.Draft();
        (body, signature) = await receiver.Next();
        Assert.Contains("2024-06-20", body, StringComparison.Ordinal);
        Assert.Equal("customer.created", Reader(stripe.Clock).Read(body, signature).Value.Type);
    }

    [Theory]
    [InlineData(-300, null)]
    [InlineData(300, null)]
    [InlineData(-301, WebhookRefusal.SignatureStale)]
    [InlineData(301, WebhookRefusal.SignatureStale)]
    public void A_signature_holds_for_five_minutes(int ageSeconds, WebhookRefusal? refusal)
    {
        var header = WebhookSignature.Header(Body, Now + ageSeconds, "whsec_double");
        var result = Reader(Clock).Read(Body, header);
        Assert.Equal(refusal, result.IsAccepted ? null : result.Refusal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("t=,v1=")]
    [InlineData("t=abc,v1=00")]
    [InlineData("v1=00")]
    [InlineData("t=99999999999999999999,v1=00")]
    public void A_malformed_signature_is_refused(string? header) =>
        Assert.Equal(WebhookRefusal.SignatureInvalid, Reader(Clock).Read(Body, header).Refusal);

    [Fact]
    public void A_forged_signature_and_an_altered_body_are_refused()
    {
        Assert.Equal(WebhookRefusal.SignatureInvalid,
            Reader(Clock).Read(Body, WebhookSignature.Header(Body, Now, "whsec_other")).Refusal);
        Assert.Equal(WebhookRefusal.SignatureInvalid,
            Reader(Clock).Read(Body + " ", WebhookSignature.Header(Body, Now, "whsec_double")).Refusal);
    }

    [Fact]
    public void Two_signatures_are_fine_while_a_secret_is_replaced()
    {
        var header = WebhookSignature.Header(Body, Now, "whsec_new", "whsec_double");
        Assert.True(Reader(Clock).Read(Body, header).IsAccepted);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("not json")]
    public void A_signed_body_that_is_no_event_is_refused(string body) =>
        Assert.Equal(WebhookRefusal.Malformed, Reader(Clock).Read(body, WebhookSignature.Header(body, Now, "whsec_double")).Refusal);

    [Fact]
    public void An_event_of_another_version_or_an_unknown_type_is_read_as_far_as_it_goes()
    {
        var body = Body.Replace("invoice.paid", "something.new", StringComparison.Ordinal).Replace("endive", "acacia", StringComparison.Ordinal);
        Assert.Equal(PaymentEventKind.Other, Reader(Clock).Read(body, WebhookSignature.Header(body, Now, "whsec_double")).Value.Kind);
    }

    private const string Body = """
        {"id":"evt_1","object":"event","api_version":"2026-10-28.endive","created":1790000000,"type":"invoice.paid","livemode":false,
         "pending_webhooks":1,"data":{"object":{"id":"in_1","object":"invoice","metadata":{}}}}
        """;

    private static long Now => Clock.GetUtcNow().ToUnixTimeSeconds();

    private static StripeWebhooks Reader(TimeProvider clock) => new(DoubleFixture.Options, clock, NullLogger<StripeWebhooks>.Instance);
}
