using System.Text.Json.Nodes;
using Marketplace.StripeDouble.Http;
using Stripe;

namespace Marketplace.StripeDouble.Objects;

/// <summary>Balance transactions: every movement of the platform's balance; and the balance, which is their sum.</summary>
internal static class Balances
{
    public static IEnumerable<Route> Routes() =>
    [
        new("GET", "/v1/balance", typeof(BalanceGetOptions), Show),
        new("GET", "/v1/balance_transactions", typeof(BalanceTransactionListOptions),
            call => call.List("balance_transaction", "currency", "payout", "source", "type")),
        new("GET", "/v1/balance_transactions/{id}", typeof(BalanceTransactionGetOptions), call => call.Fetch("balance_transaction", call.Id)),
    ];

    /// <summary>Books a movement for an object and gives its id.</summary>
    /// <param name="call">The call that moves it.</param>
    /// <param name="type">What moved it: charge, transfer, refund, payout, transfer_refund.</param>
    /// <param name="source">The object.</param>
    /// <param name="amountMinor">Minor units; negative leaves the balance.</param>
    /// <param name="feeBasisPoints">The fee in hundredths of a per cent, half up.</param>
    /// <param name="availableOn">Unix seconds; null is now, and after the settlement time for charges.</param>
    public static string Book(Call call, string type, JsonObject source, long amountMinor, int feeBasisPoints = 0, long? availableOn = null)
    {
        var fee = (amountMinor * feeBasisPoints + 5_000) / 10_000;
        var settled = type == "charge" ? call.Now + (long)call.Options.FundsAvailableAfter.TotalSeconds : call.Now;
        var movement = call.New("balance_transaction", "txn");
        movement.Remove("metadata");
        movement.Remove("livemode");
        movement["type"] = type;
        movement["reporting_category"] = type;
        movement["source"] = source["id"]!.GetValue<string>();
        movement["currency"] = source["currency"]!.GetValue<string>();
        movement["amount"] = amountMinor;
        movement["fee"] = fee;
        movement["net"] = amountMinor - fee;
        movement["available_on"] = availableOn ?? settled;
        call.Store.Insert(movement, source["id"]!.GetValue<string>());
        return movement["id"]!.GetValue<string>();
    }

    public static long Available(Call call, string currency) =>
        call.Store.Sum("balance_transaction", "net", currency, "available_on", call.Now);

    /// <summary>Refuses a movement out of the balance that it does not cover.</summary>
    public static void RequireAvailable(Call call, string currency, long amountMinor)
    {
        if (Available(call, currency) < amountMinor)
            throw StripeProblem.Invalid("balance_insufficient", "You have insufficient available funds in your Stripe account.", "amount");
    }

    private static JsonObject Show(Call call)
    {
        var available = new JsonArray();
        var pending = new JsonArray();
        foreach (var currency in (ReadOnlySpan<string>)["usd", "cny", "jpy"])
        {
            var now = Available(call, currency);
            var total = call.Store.Sum("balance_transaction", "net", currency, "created", long.MaxValue);
            available.Add(new JsonObject { ["amount"] = now, ["currency"] = currency });
            pending.Add(new JsonObject { ["amount"] = total - now, ["currency"] = currency });
        }

        return new JsonObject { ["object"] = "balance", ["available"] = available, ["pending"] = pending, ["livemode"] = false };
    }
}
