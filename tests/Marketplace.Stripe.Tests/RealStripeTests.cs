using Marketplace.Billing.Payments;
using Marketplace.Kernel;
using NodaTime;
using Stripe;

namespace Marketplace.Stripe.Tests;

/// <summary>
/// One story, played at the double in every run, and at Stripe itself where the environment holds a test key. Nothing is skipped:
/// without a key the double's part is asserted, and the output says that Stripe was not asked.
/// </summary>
public sealed class RealStripeTests(ITestOutputHelper output)
{
    private const string KeyVariable = "STRIPE_TEST_KEY";

    [Fact]
    public async Task The_same_story_holds_at_the_double_and_with_a_test_key_at_Stripe()
    {
        await using (var stripe = await DoubleFixture.Start()) await PlayAsync(stripe.NewGateway(method: "pm_card_visa"), stripe.Client, stripe.Clock);
        if (Environment.GetEnvironmentVariable(KeyVariable) is not { Length: > 0 } key)
        {
            output.WriteLine($"{KeyVariable} is not set: the story was played at the double only, and Stripe was not asked.");
            return;
        }

        Assert.True(key.StartsWith("sk_test_", StringComparison.Ordinal) || key.StartsWith("rk_test_", StringComparison.Ordinal), $"{KeyVariable} is no key of a test mode.");
        var options = new StripeOptions { ApiKey = key, WebhookSecrets = ["whsec_unused"], TestPaymentMethod = "pm_card_visa" };
        using var connection = StripeGateway.Connect(options);
        var gateway = new StripeGateway(options, connection, TimeProvider.System);
        await PlayAsync(gateway, new StripeClient(key), TimeProvider.System);
        output.WriteLine("The story was played at Stripe too.");
    }

    private static async Task PlayAsync(StripeGateway gateway, StripeClient client, TimeProvider clock)
    {
        var ids = new Random();
        Instant Now() => Instant.FromDateTimeOffset(clock.GetUtcNow());
        Id<TKind> New<TKind>()
            where TKind : IIdKind => Id<TKind>.From(Ulid.Create(clock.GetUtcNow().ToUnixTimeMilliseconds(), (UInt128)ids.NextInt64()));
        var start = Now() - Duration.FromMinutes(1);
        var buyer = new PaymentParty(New<OrganisationKind>(), "Test buyer", "buyer@example.com");
        var customer = await gateway.EnsureCustomerAsync(buyer, Now(), default);
        Assert.Equal(customer, await gateway.EnsureCustomerAsync(buyer, Now(), default));

        var draft = new InvoiceDraft(New<InvoiceKind>(), buyer.OrganisationId, customer, Currency.Usd, BillingPeriod.Containing(Now()));
        var invoice = await gateway.CreateInvoiceAsync(draft, Now(), default);
        Assert.Equal(invoice, await gateway.CreateInvoiceAsync(draft, Now(), default));
        InvoiceLine[] lines =
        [
            .. new[] { 1_000L, 500 }.Select(cents => new InvoiceLine(
                New<UsageKind>(), New<LeaseKind>(), Money.OfMinor(cents, Currency.Usd), "GPU-hours", Now() - Duration.FromHours(1), Now())),
        ];
        foreach (var line in lines) await gateway.AddLineAsync(draft, invoice, line, Now(), default);
        foreach (var line in lines) await gateway.AddLineAsync(draft, invoice, line, Now() - Duration.FromHours(25), default);
        Assert.Equal(1_500, (await gateway.FinalizeInvoiceAsync(draft.InvoiceId, invoice, Now(), default)).MinorUnits);

        var order = new CreditNoteOrder(
            New<CreditNoteKind>(), draft.InvoiceId, invoice, [new CreditNoteOrderLine(lines[0].UsageId, Money.OfMinor(300, Currency.Usd))], "Test");
        var note = await gateway.IssueCreditNoteAsync(order, Now(), default);
        Assert.NotNull(note);
        Assert.Equal(note, await gateway.IssueCreditNoteAsync(order, Now(), default));
        Assert.Equal(CollectionOutcome.Paid, await gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, Now(), default));
        var paid = await gateway.FindInvoiceAsync(customer, draft.InvoiceId, default);
        Assert.Equal((ExternalInvoiceState.Paid, 1_200L), (paid!.State, paid.Paid.MinorUnits));

        var reference = New<RefundKind>().ToString();
        var refund = await gateway.RefundAsync(paid.ExternalPaymentId!, Money.OfMinor(200, Currency.Usd), reference, Now(), default);
        Assert.Equal(refund, await gateway.RefundAsync(paid.ExternalPaymentId!, Money.OfMinor(200, Currency.Usd), reference, Now() - Duration.FromHours(25), default));
        var after = Now() + Duration.FromMinutes(1);
        var listed = await gateway.ListInvoiceLinesAsync(new Interval(start, after), default).Where(l => l.InvoiceId == draft.InvoiceId).ToListAsync();
        Assert.Equal(lines.Select(l => (UsageId?)l.UsageId).Order(), listed.Select(l => l.UsageId).Order());
        var corrections = await gateway.ListCorrectionsAsync(new Interval(start, after), default).ToListAsync();
        Assert.Equal(300, corrections.Single(c => c.Reference == order.CreditNoteId.ToString()).Amount.MinorUnits);
        Assert.Equal(200, corrections.Single(c => c.Reference == reference).Amount.MinorUnits);
        Assert.Equal(200, (await client.V1.Charges.GetAsync(paid.ExternalPaymentId)).AmountRefunded);
        await PayInAdvanceAsync(gateway, new TopUpOrder(New<TopUpKind>(), buyer.OrganisationId, customer, Money.OfMinor(1_000, Currency.Usd)), draft with { InvoiceId = New<InvoiceKind>() }, lines[0] with { UsageId = New<UsageKind>() }, start, Now());
    }

    /// <summary>A payment in advance pays a part of a second invoice; the rest is collected.</summary>
    private static async Task PayInAdvanceAsync(StripeGateway gateway, TopUpOrder order, InvoiceDraft draft, InvoiceLine line, Instant start, Instant now)
    {
        var topUp = await gateway.ChargeTopUpAsync(order, now, default);
        Assert.Equal((ExternalTopUpState.Paid, order.Amount), (topUp.State, topUp.Paid));
        Assert.Equal(topUp.ExternalId, (await gateway.ChargeTopUpAsync(order, now - Duration.FromHours(25), default)).ExternalId);

        var invoice = await gateway.CreateInvoiceAsync(draft, now, default);
        await gateway.AddLineAsync(draft, invoice, line, now, default);
        await gateway.FinalizeInvoiceAsync(draft.InvoiceId, invoice, now, default);
        var use = new PrepaidUseOrder($"{draft.InvoiceId}:1", draft.InvoiceId, invoice, draft.ExternalCustomerId, Money.OfMinor(400, Currency.Usd), start);
        var record = await gateway.RecordPrepaidUseAsync(use, now, default);
        Assert.Equal(record, await gateway.RecordPrepaidUseAsync(use, now - Duration.FromHours(25), default));
        Assert.Equal(CollectionOutcome.Paid, await gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, now, default));
        var paid = await gateway.GetInvoiceAsync(invoice, default);
        Assert.Equal((ExternalInvoiceState.Paid, 1_000L, 400L), (paid.State, paid.Paid.MinorUnits, paid.Prepaid.MinorUnits));

        var interval = new Interval(start, now + Duration.FromMinutes(2));
        Assert.Equal(400, (await gateway.ListPrepaidUsesAsync(interval, default).SingleAsync(one => one.Reference == use.Reference)).Amount.MinorUnits);
        var payments = await gateway.ListPaymentsAsync(interval, default).ToListAsync();
        Assert.Equal(1_000, payments.Single(p => p.TopUpId == order.TopUpId).Amount.MinorUnits);
        Assert.Equal(600, payments.Single(p => p.InvoiceId == draft.InvoiceId).Amount.MinorUnits);
        var reference = $"unused:{order.TopUpId}";
        Assert.NotEmpty(await gateway.RefundAsync(topUp.ExternalPaymentId!, Money.OfMinor(600, Currency.Usd), reference, now, default));
    }
}
