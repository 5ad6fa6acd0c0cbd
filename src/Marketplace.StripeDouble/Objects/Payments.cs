using System.Text.Json.Nodes;
using Marketplace.StripeDouble.Http;
using Marketplace.StripeDouble.Storage;
using Stripe;

namespace Marketplace.StripeDouble.Objects;

/// <summary>Charges, and the payments of an invoice: its default one by a payment intent, and payment records that were attached.</summary>
internal static class Payments
{
    public static IEnumerable<Route> Routes() =>
    [
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
        intent["last_payment_error"] = null;
        call.Store.Insert(intent, id);
        var payment = NewPayment(call, invoice, invoice["amount_due"]!.GetValue<long>(), isDefault: true);
        payment["status"] = "open";
        payment["payment"] = new JsonObject { ["type"] = "payment_intent", ["payment_intent"] = intent["id"]!.GetValue<string>() };
        call.Store.Insert(payment, id);
    }

    /// <summary>Adds a payment record to the payments of an invoice, as paid; the default payment is less by it.</summary>
    public static void Attach(Call call, JsonObject invoice, string record, long amount)
    {
        var standard = Default(call, invoice["id"]!.GetValue<string>());
        standard["amount_requested"] = invoice["amount_remaining"]!.GetValue<long>() - amount;
        call.Store.Update(standard);
        var payment = NewPayment(call, invoice, amount, isDefault: false);
        payment["status"] = "paid";
        payment["amount_paid"] = amount;
        payment["payment"] = new JsonObject { ["type"] = PaymentRecords.Type, ["payment_record"] = record };
        call.Store.Insert(payment, invoice["id"]!.GetValue<string>());
    }

    /// <summary>Charges an open invoice and gives the charge, which has failed when the method declines.</summary>
    public static JsonObject Charge(Call call, JsonObject invoice, string? method)
    {
        var id = invoice["id"]!.GetValue<string>();
        var intent = call.Store.Owned("payment_intent", id)[0];
        method ??= Customers.Method(call.Fetch("customer", invoice["customer"]!.GetValue<string>()));
        var declined = method == Customers.DecliningMethod;
        var amount = invoice["amount_remaining"]!.GetValue<long>();
        var charge = NewCharge(call, intent, method, amount, !declined);
        call.Store.Insert(charge, id);

        intent["amount"] = amount;
        intent["latest_charge"] = charge["id"]!.GetValue<string>();
        intent["status"] = declined ? "requires_payment_method" : "succeeded";
        if (!declined) intent["amount_received"] = amount;
        call.Store.Update(intent);
        if (declined) return charge;
        var payment = Default(call, id);
        payment["status"] = "paid";
        payment["amount_requested"] = amount;
        payment["amount_paid"] = amount;
        call.Store.Update(payment);
        return charge;
    }

    /// <summary>A charge of an intent, which is not stored yet; a successful one is in the balance.</summary>
    public static JsonObject NewCharge(Call call, JsonObject intent, string method, long amount, bool succeeds)
    {
        var charge = call.New("charge", "ch");
        charge["metadata"] = new JsonObject();
        charge["amount"] = amount;
        charge["currency"] = intent["currency"]!.GetValue<string>();
        charge["customer"] = intent["customer"]?.DeepClone();
        charge["payment_intent"] = intent["id"]!.GetValue<string>();
        charge["payment_method"] = method;
        charge["status"] = succeeds ? "succeeded" : "failed";
        charge["paid"] = succeeds;
        charge["captured"] = succeeds;
        charge["amount_captured"] = succeeds ? amount : 0;
        charge["amount_refunded"] = 0;
        charge["refunded"] = false;
        charge["transfer_group"] = null;
        charge["failure_code"] = succeeds ? null : "card_declined";
        charge["balance_transaction"] = succeeds ? Balances.Book(call, "charge", charge, amount, call.Options.FeeBasisPoints) : null;
        return charge;
    }

    /// <summary>Gives up the default payment of an invoice that is paid without it.</summary>
    public static void CancelDefault(Call call, string invoice)
    {
        var payment = Default(call, invoice);
        if (payment["status"]!.GetValue<string>() != "open") return;
        payment["status"] = "canceled";
        call.Store.Update(payment);
        var intent = call.Fetch("payment_intent", payment["payment"]!["payment_intent"]!.GetValue<string>());
        intent["status"] = "canceled";
        call.Store.Update(intent);
    }

    public static JsonObject OfInvoice(string invoice, ObjectStore store) => new()
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. store.Owned("invoice_payment", invoice).AsEnumerable().Reverse()]),
        ["has_more"] = false,
        ["url"] = "/v1/invoice_payments",
    };

    private static JsonObject ListPayments(Call call)
    {
        var filters = new List<Filter>();
        if (call.Text("invoice") is { } invoice) filters.Add(new Filter("invoice", invoice));
        if (call.Text("status") is { } status) filters.Add(new Filter("status", status));
        foreach (var name in (ReadOnlySpan<string>)["type", "payment_intent", "payment_record"])
            if (call.Nested("payment")?[name]?.GetValue<string>() is { } value) filters.Add(new Filter($"payment.{name}", value));
        return call.Page("invoice_payment", filters);
    }

    private static JsonObject Default(Call call, string invoice) =>
        call.Store.Owned("invoice_payment", invoice).First(payment => payment["is_default"]!.GetValue<bool>());

    private static JsonObject NewPayment(Call call, JsonObject invoice, long amount, bool isDefault)
    {
        var payment = call.New("invoice_payment", "inpay");
        payment.Remove("metadata");
        payment["invoice"] = invoice["id"]!.GetValue<string>();
        payment["amount_requested"] = amount;
        payment["amount_paid"] = null;
        payment["currency"] = invoice["currency"]!.GetValue<string>();
        payment["is_default"] = isDefault;
        return payment;
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
