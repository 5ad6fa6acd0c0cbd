using System.Text.Json.Nodes;
using Marketplace.StripeDouble.Http;
using Marketplace.StripeDouble.Storage;
using Stripe;

namespace Marketplace.StripeDouble.Objects;

/// <summary>
/// Payment intents that stand for themselves: made, confirmed with a method, perhaps authenticated by the buyer, or cancelled. Those of
/// invoices are made and paid by their invoices; they can be read here.
/// </summary>
internal static class PaymentIntents
{
    /// <summary>A card that succeeds only once its owner has authenticated itself, as Stripe's test method of that name.</summary>
    public const string AuthenticatingMethod = "pm_card_authenticationRequired";

    private const string Type = "payment_intent";

    public static IEnumerable<Route> Routes() =>
    [
        new("POST", "/v1/payment_intents", typeof(PaymentIntentCreateOptions), Create),
        new("GET", "/v1/payment_intents", typeof(PaymentIntentListOptions), call => call.List(Type, "customer")),
        new("GET", "/v1/payment_intents/{id}", typeof(PaymentIntentGetOptions), call => call.Fetch(Type, call.Id)),
        new("POST", "/v1/payment_intents/{id}/confirm", typeof(PaymentIntentConfirmOptions), Confirm),
        new("POST", "/v1/payment_intents/{id}/cancel", typeof(PaymentIntentCancelOptions), Cancel),
    ];

    /// <summary>Ends a buyer's authentication, or its payment on a form of Stripe's, well or not. False if the intent does not wait for one.</summary>
    public static bool Complete(Call call, bool succeeds)
    {
        if (call.Store.Find(call.Id) is not { } intent || intent["object"]!.GetValue<string>() != Type) return false;
        if (Status(intent) is not ("requires_action" or "requires_payment_method") || IsOfInvoice(intent, call.Store)) return false;
        Charge(call, intent, "pm_card_visa", succeeds);
        return true;
    }

    private static JsonObject Create(Call call)
    {
        foreach (var name in (ReadOnlySpan<string>)["confirm", "payment_method", "transfer_data", "on_behalf_of", "capture_method"])
        {
            if (call.Text(name) is not null || call.Nested(name) is not null)
                throw StripeProblem.Invalid(null, $"The double makes intents without {name}, and confirms them by a call of its own.", name);
        }

        var amount = call.PositiveInteger("amount");
        if (amount > 99_999_999) throw StripeProblem.Invalid("amount_too_large", "Amount must be no more than 99999999.", "amount");
        var intent = call.New(Type, "pi");
        intent["amount"] = amount;
        intent["amount_received"] = 0;
        intent["currency"] = call.Required("currency");
        intent["customer"] = call.Text("customer") is { } customer ? call.Fetch("customer", customer, "customer")["id"]!.GetValue<string>() : null;
        intent["description"] = call.Text("description");
        intent["client_secret"] = $"{intent["id"]!.GetValue<string>()}_secret_double";
        intent["status"] = "requires_payment_method";
        intent["latest_charge"] = null;
        intent["last_payment_error"] = null;
        intent["cancellation_reason"] = null;
        call.Store.Insert(intent);
        call.Emit("payment_intent.created", intent);
        return intent;
    }

    private static JsonObject Confirm(Call call)
    {
        var intent = Editable(call, "confirm", "requires_payment_method", "requires_confirmation", "requires_action");
        var method = call.Text("payment_method")
            ?? throw StripeProblem.Invalid("parameter_missing", "You cannot confirm this PaymentIntent because it's missing a payment method.", "payment_method");
        if (method == AuthenticatingMethod)
        {
            intent["status"] = "requires_action";
            intent["last_payment_error"] = null;
            intent["next_action"] = new JsonObject { ["type"] = "use_stripe_sdk" };
            call.Store.Update(intent);
            call.Emit("payment_intent.requires_action", intent);
            return intent;
        }

        var charge = Charge(call, intent, method, method != Customers.DecliningMethod);
        if (charge["status"]!.GetValue<string>() == "succeeded") return intent;
        throw new StripeProblem(402, "card_error", "card_declined", "Your card was declined.")
        {
            KeepsEffects = true,
            Charge = charge["id"]!.GetValue<string>(),
            DeclineCode = "generic_decline",
        };
    }

    private static JsonObject Charge(Call call, JsonObject intent, string method, bool succeeds)
    {
        var charge = Payments.NewCharge(call, intent, method, intent["amount"]!.GetValue<long>(), succeeds);
        charge["metadata"] = intent["metadata"]!.DeepClone();
        call.Store.Insert(charge, intent["id"]!.GetValue<string>());
        intent["latest_charge"] = charge["id"]!.GetValue<string>();
        intent["status"] = succeeds ? "succeeded" : "requires_payment_method";
        intent["amount_received"] = succeeds ? intent["amount"]!.GetValue<long>() : 0;
        intent["last_payment_error"] = succeeds ? null : new JsonObject { ["type"] = "card_error", ["code"] = "card_declined" };
        intent.Remove("next_action");
        call.Store.Update(intent);
        call.Emit(succeeds ? "charge.succeeded" : "charge.failed", charge);
        call.Emit(succeeds ? "payment_intent.succeeded" : "payment_intent.payment_failed", intent);
        return charge;
    }

    private static JsonObject Cancel(Call call)
    {
        var intent = Editable(call, "cancel", "requires_payment_method", "requires_confirmation", "requires_action");
        intent["status"] = "canceled";
        intent["canceled_at"] = call.Now;
        intent["cancellation_reason"] = call.Text("cancellation_reason");
        call.Store.Update(intent);
        call.Emit("payment_intent.canceled", intent);
        return intent;
    }

    private static JsonObject Editable(Call call, string action, params ReadOnlySpan<string> allowed)
    {
        var intent = call.Fetch(Type, call.Id, "intent");
        if (IsOfInvoice(intent, call.Store))
            throw StripeProblem.Invalid(null, $"You cannot {action} this PaymentIntent because it was created by an invoice; pay or void the invoice.");
        if (!allowed.Contains(Status(intent)))
            throw StripeProblem.Invalid("payment_intent_unexpected_state", $"You cannot {action} this PaymentIntent because it has a status of {Status(intent)}.");
        return intent;
    }

    private static string Status(JsonObject intent) => intent["status"]!.GetValue<string>();

    private static bool IsOfInvoice(JsonObject intent, ObjectStore store) =>
        store.List("invoice_payment", [new Filter("payment.payment_intent", intent["id"]!.GetValue<string>())], 1, null).Count > 0;
}
