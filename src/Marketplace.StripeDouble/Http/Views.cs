using System.Text.Json.Nodes;
using Marketplace.StripeDouble.Objects;
using Marketplace.StripeDouble.Storage;

namespace Marketplace.StripeDouble.Http;

/// <summary>What is computed when an object is shown: an invoice's first lines, whether funds are available, expanded fields.</summary>
internal static class Views
{
    public static JsonObject Render(JsonObject stored, ObjectStore store, long now)
    {
        var view = stored.DeepClone().AsObject();
        switch (view["object"]?.GetValue<string>())
        {
            case "invoice":
                view["lines"] = Invoices.Lines(view["id"]!.GetValue<string>(), store, 10, null);
                break;
            case "balance_transaction":
                view["status"] = view["available_on"]!.GetValue<long>() <= now ? "available" : "pending";
                view.Remove("payout");
                break;
            case "account":
                view.Remove(Accounts.PaidOut);
                break;
            case MeterEvents.Type:
                view.Remove("id");
                break;
        }

        return view;
    }

    public static void Expand(JsonNode? node, ReadOnlySpan<string> path, ObjectStore store, long now)
    {
        if (path.IsEmpty) return;
        if (node is JsonArray items)
        {
            foreach (var item in items) Expand(item, path, store, now);
            return;
        }

        if (node is not JsonObject parent) return;
        var name = path[0];
        if (name == "payments" && parent["object"]?.GetValue<string>() == "invoice")
            parent["payments"] = Payments.OfInvoice(parent["id"]!.GetValue<string>(), store);
        // What is one of several things, as the payment of an invoice, has the field of its own type only.
        if (!parent.ContainsKey(name) && parent["type"]?.GetValue<string>() is "payment_intent" or "payment_record") return;
        if (!parent.ContainsKey(name)) throw StripeProblem.Invalid(null, $"This property cannot be expanded ({name}).", "expand");
        if (parent[name] is JsonValue value && value.TryGetValue<string>(out var id) && store.Find(id) is { } found)
            parent[name] = Render(found, store, now);
        Expand(parent[name], path[1..], store, now);
    }
}
