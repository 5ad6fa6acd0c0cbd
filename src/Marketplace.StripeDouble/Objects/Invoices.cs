using System.Globalization;
using System.Text.Json.Nodes;
using Marketplace.StripeDouble.Http;
using Marketplace.StripeDouble.Storage;
using Stripe;

namespace Marketplace.StripeDouble.Objects;

/// <summary>Invoices: draft, then open, then paid or void. Only a draft takes items.</summary>
internal static class Invoices
{
    public static IEnumerable<Route> Routes() =>
    [
        new("POST", "/v1/invoices", typeof(InvoiceCreateOptions), Create),
        new("GET", "/v1/invoices", typeof(InvoiceListOptions), call => call.List("invoice", "customer", "status", "collection_method")),
        new("GET", "/v1/invoices/{id}", typeof(InvoiceGetOptions), call => call.Fetch("invoice", call.Id)),
        new("GET", "/v1/invoices/{id}/lines", typeof(InvoiceLineItemListOptions), ListLines),
        new("POST", "/v1/invoices/{id}/finalize", typeof(InvoiceFinalizeOptions), Finalize),
        new("POST", "/v1/invoices/{id}/pay", typeof(InvoicePayOptions), Pay),
        new("POST", "/v1/invoices/{id}/void", typeof(InvoiceVoidOptions), Void),
    ];

    /// <summary>The lines of an invoice in the order in which they were added.</summary>
    public static JsonObject Lines(string invoice, ObjectStore store, int limit, string? after)
    {
        var found = store.Owned("line_item", invoice, limit + 1, after);
        return new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. found.Take(limit)]),
            ["has_more"] = found.Count > limit,
            ["url"] = $"/v1/invoices/{invoice}/lines",
        };
    }

    /// <summary>The state of an invoice that must be one of some.</summary>
    public static void RequireStatus(JsonObject invoice, string needed, string? code, string action)
    {
        var status = invoice["status"]!.GetValue<string>();
        if (status != needed) throw StripeProblem.Invalid(code, $"{action} needs a {needed} invoice; this one is {status}.");
    }

    private static JsonObject Create(Call call)
    {
        var customer = call.Fetch("customer", call.Required("customer"), "customer");
        if (call.Text("pending_invoice_items_behavior") is { } behaviour and not "exclude")
            throw StripeProblem.Invalid(null, $"The double has no pending items to {behaviour}.", "pending_invoice_items_behavior");
        var invoice = call.New("invoice", "in");
        invoice["customer"] = customer["id"]!.GetValue<string>();
        invoice["currency"] = call.Text("currency") ?? "usd";
        invoice["collection_method"] = call.Text("collection_method") ?? "charge_automatically";
        invoice["auto_advance"] = call.Flag("auto_advance") ?? false;
        invoice["description"] = call.Text("description");
        invoice["status"] = "draft";
        invoice["attempted"] = false;
        invoice["attempt_count"] = 0;
        invoice["number"] = null;
        invoice["period_start"] = call.Now;
        invoice["period_end"] = call.Now;
        invoice["status_transitions"] = new JsonObject { ["finalized_at"] = null, ["paid_at"] = null, ["voided_at"] = null };
        SetTotal(invoice, 0, 0);
        call.Store.Insert(invoice);
        call.Emit("invoice.created", invoice);
        return invoice;
    }

    private static JsonObject ListLines(Call call)
    {
        call.Fetch("invoice", call.Id);
        return Lines(call.Id, call.Store, (int)Math.Clamp(call.Integer("limit") ?? 10, 1, 100), call.Text("starting_after"));
    }

    private static JsonObject Finalize(Call call)
    {
        var invoice = call.Fetch("invoice", call.Id);
        RequireStatus(invoice, "draft", "invoice_not_editable", "Finalizing");
        var lines = call.Store.Owned("line_item", call.Id);
        if (lines.Count == 0) throw StripeProblem.Invalid("invoice_no_customer_line_items", "Nothing to invoice for customer");
        invoice["status"] = "open";
        invoice["number"] = string.Create(CultureInfo.InvariantCulture, $"DBL-{call.Id[^12..]}");
        invoice["status_transitions"]!["finalized_at"] = call.Now;
        SetTotal(invoice, lines.Sum(line => line["amount"]!.GetValue<long>()), 0);
        if (invoice["total"]!.GetValue<long>() == 0) MarkPaid(call, invoice);
        else Payments.Prepare(call, invoice);
        call.Store.Update(invoice);
        call.Emit("invoice.finalized", invoice);
        if (invoice["status"]!.GetValue<string>() == "paid") call.Emit("invoice.paid", invoice);
        return invoice;
    }

    private static JsonObject Pay(Call call)
    {
        var invoice = call.Fetch("invoice", call.Id);
        if (invoice["status"]!.GetValue<string>() == "paid") throw StripeProblem.Invalid(null, "Invoice is already paid");
        RequireStatus(invoice, "open", "invoice_not_editable", "Paying");
        invoice["attempted"] = true;
        invoice["attempt_count"] = invoice["attempt_count"]!.GetValue<int>() + 1;
        var charge = Payments.Charge(call, invoice, call.Text("payment_method"));
        if (charge["status"]!.GetValue<string>() == "failed")
        {
            call.Store.Update(invoice);
            call.Emit("charge.failed", charge);
            call.Emit("invoice.payment_failed", invoice);
            throw new StripeProblem(402, "card_error", "card_declined", "Your card was declined.")
            {
                KeepsEffects = true,
                Charge = charge["id"]!.GetValue<string>(),
                DeclineCode = "generic_decline",
            };
        }

        AddPaid(call, invoice, invoice["amount_remaining"]!.GetValue<long>());
        call.Store.Update(invoice);
        call.Emit("charge.succeeded", charge);
        call.Emit("invoice.paid", invoice);
        call.Emit("invoice.payment_succeeded", invoice);
        return invoice;
    }

    private static JsonObject Void(Call call)
    {
        var invoice = call.Fetch("invoice", call.Id);
        RequireStatus(invoice, "open", null, "Voiding");
        if (invoice["amount_paid"]!.GetValue<long>() > 0) throw StripeProblem.Invalid(null, "An invoice of which a part is paid cannot be voided.");
        invoice["status"] = "void";
        invoice["status_transitions"]!["voided_at"] = call.Now;
        call.Store.Update(invoice);
        call.Emit("invoice.voided", invoice);
        return invoice;
    }

    /// <summary>Raises what is paid of an open invoice; with nothing left it is paid.</summary>
    internal static void AddPaid(Call call, JsonObject invoice, long amount)
    {
        SetTotal(invoice, invoice["total"]!.GetValue<long>(), invoice["amount_paid"]!.GetValue<long>() + amount);
        if (invoice["amount_remaining"]!.GetValue<long>() == 0) MarkPaid(call, invoice);
    }

    /// <summary>Lowers what is due on an open invoice; with nothing left it counts as paid.</summary>
    internal static void Credit(Call call, JsonObject invoice, long amount)
    {
        invoice["pre_payment_credit_notes_amount"] = (invoice["pre_payment_credit_notes_amount"]?.GetValue<long>() ?? 0) + amount;
        AddPaid(call, invoice, 0);
        call.Store.Update(invoice);
    }

    internal static void SetTotal(JsonObject invoice, long total, long paid)
    {
        invoice["subtotal"] = total;
        invoice["total"] = total;
        var due = total - (invoice["pre_payment_credit_notes_amount"]?.GetValue<long>() ?? 0);
        invoice["amount_due"] = due;
        invoice["amount_paid"] = paid;
        invoice["amount_remaining"] = due - paid;
    }

    private static void MarkPaid(Call call, JsonObject invoice)
    {
        invoice["status"] = "paid";
        invoice["status_transitions"]!["paid_at"] = call.Now;
        if (invoice["total"]!.GetValue<long>() > 0) Payments.CancelDefault(call, invoice["id"]!.GetValue<string>());
    }
}
