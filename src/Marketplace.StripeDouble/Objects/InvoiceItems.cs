using System.Text.Json.Nodes;
using Marketplace.StripeDouble.Http;
using Stripe;

namespace Marketplace.StripeDouble.Objects;

/// <summary>Invoice items, each giving one line of a draft invoice.</summary>
internal static class InvoiceItems
{
    public static IEnumerable<Route> Routes() =>
    [
        new("POST", "/v1/invoiceitems", typeof(InvoiceItemCreateOptions), Create),
        new("GET", "/v1/invoiceitems", typeof(InvoiceItemListOptions), call => call.List("invoiceitem", "customer", "invoice")),
        new("GET", "/v1/invoiceitems/{id}", typeof(InvoiceItemGetOptions), call => call.Fetch("invoiceitem", call.Id)),
    ];

    private static JsonObject Create(Call call)
    {
        var customer = call.Required("customer");
        call.Fetch("customer", customer, "customer");
        var invoice = call.Fetch("invoice", call.Required("invoice"), "invoice");
        Invoices.RequireStatus(invoice, "draft", "invoice_not_editable", "Adding an item");
        var currency = call.Text("currency") ?? "usd";
        if (invoice["customer"]!.GetValue<string>() != customer) throw StripeProblem.Invalid(null, "The invoice is another customer's.", "invoice");
        if (invoice["currency"]!.GetValue<string>() != currency) throw StripeProblem.Invalid(null, "The invoice has another currency.", "currency");
        var amount = call.Integer("amount") ?? throw StripeProblem.Invalid("parameter_missing", "Missing required param: amount.", "amount");

        var period = call.Nested("period") is { } given
            ? new JsonObject { ["start"] = Seconds(given, "start"), ["end"] = Seconds(given, "end") }
            : new JsonObject { ["start"] = call.Now, ["end"] = call.Now };
        var item = call.New("invoiceitem", "ii");
        item.Remove("created");
        item["date"] = call.Now;
        Describe(item, call, invoice, amount, period);
        item["customer"] = customer;
        call.Store.Insert(item, invoice["id"]!.GetValue<string>());

        var line = call.New("line_item", "il");
        line.Remove("created");
        Describe(line, call, invoice, amount, period);
        line["parent"] = new JsonObject
        {
            ["type"] = "invoice_item_details",
            ["invoice_item_details"] = new JsonObject { ["invoice_item"] = item["id"]!.GetValue<string>(), ["proration"] = false },
        };
        call.Store.Insert(line, invoice["id"]!.GetValue<string>());
        Invoices.SetTotal(invoice, invoice["total"]!.GetValue<long>() + amount, 0);
        call.Store.Update(invoice);
        return item;
    }

    private static void Describe(JsonObject target, Call call, JsonObject invoice, long amount, JsonObject period)
    {
        target["invoice"] = invoice["id"]!.GetValue<string>();
        target["amount"] = amount;
        target["currency"] = invoice["currency"]!.GetValue<string>();
        target["description"] = call.Text("description");
        target["quantity"] = call.Integer("quantity") ?? 1;
        target["period"] = period.DeepClone();
    }

    private static long Seconds(JsonObject period, string name) =>
        long.Parse(period[name]?.GetValue<string>() ?? throw StripeProblem.Invalid("parameter_missing", $"Missing required param: period[{name}].", "period"),
            System.Globalization.CultureInfo.InvariantCulture);
}
