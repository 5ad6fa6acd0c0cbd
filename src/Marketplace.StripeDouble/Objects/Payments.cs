using System.Text.Json.Nodes;
using Marketplace.StripeDouble.Http;
using Marketplace.StripeDouble.Storage;
using Stripe;

namespace Marketplace.StripeDouble.Objects;

/// <summary>Payment intents, charges and the payments of an invoice.</summary>
internal static class Payments
{
    public static IEnumerable<Route> Routes() =>
    [
        new("GET", "/v1/payment_intents/{id}", typeof(PaymentIntentGetOptions), call => call.Fetch("payment_intent", call.Id)),
        new("GET", "/v1/charges", typeof(ChargeListOptions), call => call.List("charge", "customer", "payment_intent", "transfer_group")),
        new("GET", "/v1/charges/{id}", typeof(ChargeGetOptions), call => call.Fetch("charge", call.Id)),
        new("GET", "/v1/invoice_payments", typeof(InvoicePaymentListOptions), ListPayments),
    ];

    /// <summary>Makes the payment intent of an invoice that was just finalized.</summary>
    public static void Prepare(Call call, JsonObject invoice)
    {
        var id = invoice["id"]!.GetValue<string>();
        var intent = Plain(call, "payment_intent", "pi", invoice);
        intent["status"] = "requires_payment_method";
        intent["latest_charge"] = null;
        call.Store.Insert(intent, id);
        var payment = call.New("invoice_payment", "inpay");
        payment.Remove("metadata");
        payment["invoice"] = id;
        payment["amount_requested"] = invoice["amount_due"]!.GetValue<long>();
        payment["amount_paid"] = null;
        payment["currency"] = invoice["currency"]!.GetValue<string>();
        payment["is_default"] = true;
        payment["status"] = "open";
        payment["payment"] = new JsonObject { ["type"] = "payment_intent", ["payment_intent"] = intent["id"]!.GetValue<string>() };
        call.Store.Insert(payment, id);
    }

    /// <summary>Charges an open invoice and gives the charge, which has failed when the method declines.</summary>
    public static JsonObject Charge(Call call, JsonObject invoice, string? method)
    {
        var id = invoice["id"]!.GetValue<string>();
        var intent = call.Store.Owned("payment_intent", id)[0];
        method ??= Customers.Method(call.Fetch("customer", invoice["customer"]!.GetValue<string>()));
        var declined = method == Customers.DecliningMethod;
        var amount = invoice["amount_due"]!.GetValue<long>();

        var charge = Plain(call, "charge", "ch", invoice);
        charge["payment_intent"] = intent["id"]!.GetValue<string>();
        charge["payment_method"] = method;
        charge["status"] = declined ? "failed" : "succeeded";
        charge["paid"] = !declined;
        charge["captured"] = !declined;
        charge["amount_captured"] = declined ? 0 : amount;
        charge["amount_refunded"] = 0;
        charge["refunded"] = false;
        charge["transfer_group"] = null;
        charge["failure_code"] = declined ? "card_declined" : null;
        charge["balance_transaction"] = declined ? null : Balances.Book(call, "charge", charge, amount, call.Options.FeeBasisPoints);
        call.Store.Insert(charge, id);

        intent["latest_charge"] = charge["id"]!.GetValue<string>();
        intent["status"] = declined ? "requires_payment_method" : "succeeded";
        call.Store.Update(intent);
        if (declined) return charge;
        intent["amount_received"] = amount;
        var payment = call.Store.Owned("invoice_payment", id)[0];
        payment["status"] = "paid";
        payment["amount_paid"] = amount;
        call.Store.Update(payment);
        return charge;
    }

    public static JsonObject OfInvoice(string invoice, ObjectStore store) => new()
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. store.Owned("invoice_payment", invoice)]),
        ["has_more"] = false,
        ["url"] = "/v1/invoice_payments",
    };

    private static JsonObject ListPayments(Call call)
    {
        var filters = new List<Filter>();
        if (call.Text("invoice") is { } invoice) filters.Add(new Filter("invoice", invoice));
        if (call.Text("status") is { } status) filters.Add(new Filter("status", status));
        if (call.Nested("payment")?["payment_intent"]?.GetValue<string>() is { } intent) filters.Add(new Filter("payment.payment_intent", intent));
        return call.Page("invoice_payment", filters);
    }

    private static JsonObject Plain(Call call, string type, string prefix, JsonObject invoice)
    {
        var made = call.New(type, prefix);
        made["metadata"] = new JsonObject();
        made["amount"] = invoice["amount_due"]!.GetValue<long>();
        made["currency"] = invoice["currency"]!.GetValue<string>();
        made["customer"] = invoice["customer"]!.GetValue<string>();
        return made;
    }
}
