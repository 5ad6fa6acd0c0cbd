using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Billing.Payments;
using Stripe;

namespace Marketplace.Stripe.Tests;

public class DoubleAnswersTests
{
    /// <summary>A misspelt field would be read as null by Stripe.net and never be missed.</summary>
    [Fact]
    public async Task Every_field_that_the_double_gives_is_one_that_Stripe_net_reads()
    {
        await using var stripe = await DoubleFixture.Start();
        var v1 = stripe.Client.V1;
        var account = await stripe.Gateway.EnsureConnectedAccountAsync(new PaymentParty(Ids.Organisation(), "P", "p@example.com"), stripe.Now, default);
        var (draft, invoice) = await stripe.Final(1_000);
        await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, stripe.Now, default);
        var charge = (await stripe.Gateway.GetInvoiceAsync(invoice, default)).ExternalPaymentId!;
        var order = new TransferOrder(Ids.Payout(), draft.InvoiceId, account, charge, Money.OfMinor(400, Currency.Usd));
        var transfer = await stripe.Gateway.TransferAsync(order, stripe.Now, default);
        var reversal = await v1.Transfers.Reversals.CreateAsync(transfer, new TransferReversalCreateOptions { Amount = 10 });
        var refund = await v1.Refunds.CreateAsync(new RefundCreateOptions { Charge = charge, Amount = 10 });
        var (credited, open) = await stripe.Final(500);
        var openLine = (await v1.Invoices.LineItems.ListAsync(open)).Single().Id;
        var note = await v1.CreditNotes.CreateAsync(new CreditNoteCreateOptions
        {
            Invoice = open,
            Lines = [new CreditNoteLineOptions { Type = "invoice_line_item", InvoiceLineItem = openLine, Amount = 20 }],
        });
        var metered = await v1.Billing.MeterEvents.CreateAsync(new global::Stripe.Billing.MeterEventCreateOptions
        {
            EventName = "gpu_seconds", Payload = new() { ["stripe_customer_id"] = credited.ExternalCustomerId, ["value"] = "1" },
        });
        stripe.Clock.Advance(TimeSpan.FromDays(2));
        var payout = await v1.Payouts.CreateAsync(new PayoutCreateOptions { Amount = 100, Currency = "usd" });

        StripeEntity[] answers =
        [
            await v1.Customers.GetAsync(draft.ExternalCustomerId), await v1.Accounts.GetAsync(account), await v1.Invoices.GetAsync(invoice),
            (await v1.InvoiceItems.ListAsync()).First(), (await v1.InvoicePayments.ListAsync()).First(), await v1.Charges.GetAsync(charge),
            await v1.PaymentIntents.GetAsync((await v1.Charges.GetAsync(charge)).PaymentIntentId), await v1.Transfers.GetAsync(transfer),
            reversal, refund, note, metered, await v1.Invoices.GetAsync(open), payout, await v1.Balance.GetAsync(), .. await v1.BalanceTransactions.ListAsync(), .. await v1.Events.ListAsync(),
        ];
        foreach (var answer in answers) Check(answer.RawJsonElement!.Value, answer.GetType(), answer.GetType().Name);
    }

    private static void Check(JsonElement json, Type type, string path)
    {
        var known = type.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Select(property => (Name: property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name, property.PropertyType))
            .Where(property => property.Name is not null)
            .ToLookup(property => property.Name!, property => property.PropertyType);
        foreach (var field in json.EnumerateObject())
        {
            Assert.True(known.Contains(field.Name), $"{path} has no {field.Name}.");
            var inner = known[field.Name].First();
            if (inner.IsGenericType && inner.GetGenericTypeDefinition() == typeof(StripeList<>))
            {
                foreach (var item in field.Value.GetProperty("data").EnumerateArray()) Check(item, inner.GetGenericArguments()[0], $"{path}.{field.Name}");
            }
            else if (inner.IsAssignableTo(typeof(StripeEntity)) && field.Value.ValueKind == JsonValueKind.Object)
            {
                Check(field.Value, inner, $"{path}.{field.Name}");
            }
        }
    }
}
