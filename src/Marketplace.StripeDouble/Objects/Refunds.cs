using System.Text.Json.Nodes;
using Marketplace.StripeDouble.Http;
using Stripe;

namespace Marketplace.StripeDouble.Objects;

/// <summary>Refunds of a charge. They do not touch its transfers.</summary>
internal static class Refunds
{
    public static IEnumerable<Route> Routes() =>
    [
        new("POST", "/v1/refunds", typeof(RefundCreateOptions), Create),
        new("GET", "/v1/refunds", typeof(RefundListOptions), call => call.List("refund", "charge", "payment_intent")),
    ];

    private static JsonObject Create(Call call)
    {
        var charge = call.Fetch("charge", call.Required("charge"), "charge");
        var left = charge["amount"]!.GetValue<long>() - charge["amount_refunded"]!.GetValue<long>();
        if (charge["status"]!.GetValue<string>() != "succeeded" || left == 0)
            throw StripeProblem.Invalid("charge_already_refunded", "The charge has nothing left to refund.", "charge");
        var amount = call.Integer("amount") ?? left;
        if (amount < 1 || amount > left) throw StripeProblem.Invalid(null, $"The charge has {left} left to refund.", "amount");
        var refund = call.New("refund", "re");
        refund.Remove("livemode");
        refund["amount"] = amount;
        refund["charge"] = charge["id"]!.GetValue<string>();
        refund["payment_intent"] = charge["payment_intent"]!.GetValue<string>();
        refund["currency"] = charge["currency"]!.GetValue<string>();
        refund["status"] = "succeeded";
        refund["balance_transaction"] = Balances.Book(call, "refund", refund, -amount);
        call.Store.Insert(refund, charge["id"]!.GetValue<string>());
        charge["amount_refunded"] = charge["amount_refunded"]!.GetValue<long>() + amount;
        charge["refunded"] = amount == left;
        call.Store.Update(charge);
        call.Emit("refund.created", refund);
        call.Emit("charge.refunded", charge);
        return refund;
    }
}
