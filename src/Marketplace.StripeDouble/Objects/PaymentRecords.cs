using System.Text.Json.Nodes;
using Marketplace.StripeDouble.Http;
using Marketplace.StripeDouble.Storage;
using Stripe;

namespace Marketplace.StripeDouble.Objects;

/// <summary>Payments that were made outside of Stripe, reported in their final state; attached to an invoice they pay a part of it.</summary>
internal static class PaymentRecords
{
    public const string Type = "payment_record";

    public static IEnumerable<Route> Routes() =>
    [
        new("POST", "/v1/payment_records/report_payment", typeof(PaymentRecordReportPaymentOptions), Report),
        new("GET", "/v1/payment_records", typeof(PaymentRecordListOptions), List),
        new("GET", "/v1/payment_records/{id}", typeof(PaymentRecordGetOptions), call => call.Fetch(Type, call.Id)),
        new("POST", "/v1/invoices/{id}/attach_payment", typeof(InvoiceAttachPaymentOptions), Attach),
    ];

    private static JsonObject Report(Call call)
    {
        var requested = Nested(call, "amount_requested");
        var currency = Text(requested, "currency", "amount_requested");
        var amount = long.Parse(Text(requested, "value", "amount_requested"), System.Globalization.CultureInfo.InvariantCulture);
        if (amount < 1) throw StripeProblem.Invalid("parameter_invalid_integer", "This value must be greater than or equal to 1.", "amount_requested[value]");
        if (call.Integer("initiated_at") is null) throw StripeProblem.Invalid("parameter_missing", "Missing required param: initiated_at.", "initiated_at");
        var details = Nested(call, "payment_method_details");
        if (details["type"]?.GetValue<string>() != "custom" || details["custom"]?["display_name"] is null)
            throw StripeProblem.Invalid(null, "The double takes custom payment methods by their name.", "payment_method_details");
        if (call.Required("outcome") != "guaranteed" || call.Nested("guaranteed")?["guaranteed_at"] is null)
            throw StripeProblem.Invalid(null, "The double takes payments that are guaranteed, with the instant.", "outcome");
        if (call.Nested("customer_details")?["customer"]?.GetValue<string>() is { } customer) call.Fetch("customer", customer, "customer_details");

        var record = call.New(Type, "pr");
        record["amount"] = Amount(amount, currency);
        record["amount_requested"] = Amount(amount, currency);
        record["amount_guaranteed"] = Amount(amount, currency);
        record["amount_refunded"] = Amount(0, currency);
        record["amount_canceled"] = Amount(0, currency);
        record["amount_failed"] = Amount(0, currency);
        record["customer_details"] = call.Nested("customer_details")?.DeepClone();
        record["description"] = call.Text("description");
        record["payment_method_details"] = details.DeepClone();
        record["reported_by"] = "self";
        call.Store.Insert(record);
        return record;
    }

    private static JsonObject List(Call call)
    {
        var filters = new List<Filter>();
        if (call.Text("created_after") is { } after) filters.Add(new Filter("created", after, "gt"));
        if (call.Text("created_before") is { } before) filters.Add(new Filter("created", before, "lt"));
        return call.Page(Type, filters);
    }

    private static JsonObject Attach(Call call)
    {
        if (call.Text("payment_intent") is not null) throw StripeProblem.Invalid(null, "The double attaches payment records only.", "payment_intent");
        var record = call.Fetch(Type, call.Required("payment_record"), "payment_record");
        var invoice = call.Fetch("invoice", call.Id);
        if (invoice["status"]!.GetValue<string>() == "paid") throw StripeProblem.Invalid(null, "Invoice is already paid");
        Invoices.RequireStatus(invoice, "open", "invoice_not_editable", "Attaching a payment");
        if (record["amount"]!["currency"]!.GetValue<string>() != invoice["currency"]!.GetValue<string>())
            throw StripeProblem.Invalid(null, "The payment has another currency than the invoice.", "payment_record");
        if (record["customer_details"]?["customer"] is { } customer && customer.GetValue<string>() != invoice["customer"]!.GetValue<string>())
            throw StripeProblem.Invalid(null, "The payment is another customer's.", "payment_record");
        var id = record["id"]!.GetValue<string>();
        if (call.Store.List("invoice_payment", [new Filter("payment.payment_record", id)], 1, null).Count > 0)
            throw StripeProblem.Invalid(null, "The payment is attached to an invoice already.", "payment_record");
        var amount = record["amount"]!["value"]!.GetValue<long>();
        var remaining = invoice["amount_remaining"]!.GetValue<long>();
        if (amount > remaining) throw StripeProblem.Invalid(null, $"The payment of {amount} is more than the {remaining} that remain to be paid.", "payment_record");

        Payments.Attach(call, invoice, id, amount);
        Invoices.AddPaid(call, invoice, amount);
        call.Store.Update(invoice);
        call.Emit("invoice.updated", invoice);
        if (invoice["status"]!.GetValue<string>() != "paid") return invoice;
        call.Emit("invoice.paid", invoice);
        call.Emit("invoice.payment_succeeded", invoice);
        return invoice;
    }

    private static JsonObject Amount(long value, string currency) => new() { ["value"] = value, ["currency"] = currency };

    private static JsonObject Nested(Call call, string name) =>
        call.Nested(name) ?? throw StripeProblem.Invalid("parameter_missing", $"Missing required param: {name}.", name);

    private static string Text(JsonObject node, string name, string path) =>
        node[name]?.GetValue<string>() ?? throw StripeProblem.Invalid("parameter_missing", $"Missing required param: {path}[{name}].", path);
}
