using System.Text.Json.Nodes;
using Marketplace.StripeDouble.Http;
using Marketplace.StripeDouble.Storage;
using Stripe;

namespace Marketplace.StripeDouble.Objects;

/// <summary>Payouts of the platform's balance to its bank. A payout names the movements that it settles.</summary>
internal static class Payouts
{
    public static IEnumerable<Route> Routes() =>
    [
        new("POST", "/v1/payouts", typeof(PayoutCreateOptions), Create),
        new("GET", "/v1/payouts", typeof(PayoutListOptions), call => call.List("payout", "status")),
        new("GET", "/v1/payouts/{id}", typeof(PayoutGetOptions), call => call.Fetch("payout", call.Id)),
    ];

    private static JsonObject Create(Call call)
    {
        var amount = call.PositiveInteger("amount");
        var currency = call.Required("currency");
        Balances.RequireAvailable(call, currency, amount);
        var payout = call.New("payout", "po");
        payout["amount"] = amount;
        payout["currency"] = currency;
        payout["automatic"] = false;
        payout["arrival_date"] = call.Now;
        payout["status"] = "paid";
        var id = payout["id"]!.GetValue<string>();
        var available = call.Store.List("balance_transaction", [new Filter("currency", currency)], int.MaxValue, null)
            .Where(movement => movement["payout"] is null && movement["available_on"]!.GetValue<long>() <= call.Now);
        foreach (var movement in available)
        {
            movement["payout"] = id;
            call.Store.Update(movement);
        }

        payout["balance_transaction"] = Balances.Book(call, "payout", payout, -amount);
        call.Store.Insert(payout);
        call.Emit("payout.paid", payout);
        return payout;
    }
}
