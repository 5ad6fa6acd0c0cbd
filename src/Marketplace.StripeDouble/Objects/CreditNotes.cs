using System.Globalization;
using System.Text.Json.Nodes;
using Marketplace.StripeDouble.Http;
using Stripe;

namespace Marketplace.StripeDouble.Objects;

/// <summary>Credit notes on open invoices. They lower what is due; the invoice's total and lines stand.</summary>
internal static class CreditNotes
{
    public static IEnumerable<Route> Routes() =>
    [
        new("POST", "/v1/credit_notes", typeof(CreditNoteCreateOptions), Create),
        new("GET", "/v1/credit_notes", typeof(CreditNoteListOptions), call => call.List("credit_note", "invoice", "customer")),
        new("GET", "/v1/credit_notes/{id}", typeof(CreditNoteGetOptions), call => call.Fetch("credit_note", call.Id)),
    ];

    private static JsonObject Create(Call call)
    {
        var invoice = call.Fetch("invoice", call.Required("invoice"), "invoice");
        var id = invoice["id"]!.GetValue<string>();
        if (invoice["status"]!.GetValue<string>() == "paid")
            throw StripeProblem.Invalid(null, "The sum of credit amount, refund amount and out of band amount must equal the post-payment amount.");
        Invoices.RequireStatus(invoice, "open", "invoice_not_editable", "Crediting");
        var note = call.New("credit_note", "cn");
        var lines = Lines(call, id);
        var amount = lines.Sum(line => line["amount"]!.GetValue<long>());
        if (amount < 1) throw StripeProblem.Invalid("parameter_missing", "The double credits lines: give lines.", "lines");
        var due = invoice["amount_remaining"]!.GetValue<long>();
        if (amount > due) throw StripeProblem.Invalid(null, $"The credit note's total of {amount} is more than the {due} left to pay.", "lines");
        note["invoice"] = id;
        note["customer"] = invoice["customer"]!.GetValue<string>();
        note["currency"] = invoice["currency"]!.GetValue<string>();
        note["memo"] = call.Text("memo");
        note["reason"] = call.Text("reason");
        note["number"] = string.Create(CultureInfo.InvariantCulture, $"{invoice["number"]!.GetValue<string>()}-CN-{note["id"]!.GetValue<string>()[^4..]}");
        note["status"] = "issued";
        note["type"] = "pre_payment";
        foreach (var field in (ReadOnlySpan<string>)["amount", "subtotal", "total", "pre_payment_amount"]) note[field] = amount;
        note["post_payment_amount"] = 0;
        note["lines"] = new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. lines]),
            ["has_more"] = false,
            ["url"] = $"/v1/credit_notes/{note["id"]!.GetValue<string>()}/lines",
        };
        call.Store.Insert(note, id);
        Invoices.Credit(call, invoice, amount);
        call.Emit("credit_note.created", note);
        call.Emit("invoice.updated", invoice);
        if (invoice["status"]!.GetValue<string>() == "paid") call.Emit("invoice.paid", invoice);
        return note;
    }

    /// <summary>The note's lines, none beyond what is left of its invoice line.</summary>
    private static List<JsonObject> Lines(Call call, string invoice)
    {
        var credited = call.Store.Owned("credit_note", invoice)
            .SelectMany(note => note["lines"]!["data"]!.AsArray())
            .GroupBy(line => line!["invoice_line_item"]!.GetValue<string>())
            .ToDictionary(lines => lines.Key, lines => lines.Sum(line => line!["amount"]!.GetValue<long>()));
        var made = new List<JsonObject>();
        foreach (var (_, given) in call.Nested("lines") ?? [])
        {
            var id = Text(given, "invoice_line_item");
            if (Text(given, "type") != "invoice_line_item") throw StripeProblem.Invalid(null, "The double credits invoice lines only.", "lines");
            var line = call.Fetch("line_item", id, "lines");
            if (line["invoice"]!.GetValue<string>() != invoice) throw StripeProblem.Invalid(null, "The line is on another invoice.", "lines");
            var amount = long.Parse(Text(given, "amount"), CultureInfo.InvariantCulture);
            var left = line["amount"]!.GetValue<long>() - credited.GetValueOrDefault(id);
            if (amount < 1 || amount > left) throw StripeProblem.Invalid(null, $"The line has {left} left to credit.", "lines");
            credited[id] = credited.GetValueOrDefault(id) + amount;
            made.Add(new JsonObject
            {
                ["id"] = call.Store.NextId("cnli"),
                ["object"] = "credit_note_line_item",
                ["amount"] = amount,
                ["description"] = line["description"]?.DeepClone(),
                ["invoice_line_item"] = id,
                ["livemode"] = false,
                ["type"] = "invoice_line_item",
            });
        }

        return made;
    }

    private static string Text(JsonNode? line, string name) =>
        line?[name]?.GetValue<string>() ?? throw StripeProblem.Invalid("parameter_missing", $"Missing required param: lines[{name}].", "lines");
}
