using System.Text.Json.Nodes;
using Marketplace.StripeDouble.Http;
using Marketplace.StripeDouble.Storage;
using Stripe;

namespace Marketplace.StripeDouble.Objects;

/// <summary>Connected accounts. The double asks nobody for papers: an account can be paid at once.</summary>
internal static class Accounts
{
    public static IEnumerable<Route> Routes() =>
    [
        new("POST", "/v1/accounts", typeof(AccountCreateOptions), Create),
        new("GET", "/v1/accounts", typeof(AccountListOptions), call => call.List("account")),
        new("GET", "/v1/accounts/{id}", typeof(AccountGetOptions), call => call.Fetch("account", call.Id)),
    ];

    /// <summary>A field that answers do not show: what left the account for its owner's bank, by currency.</summary>
    public const string PaidOut = "paid_out";

    /// <summary>What an account has: transfers to it, less what was reversed and what left for the bank.</summary>
    public static long Balance(Call call, JsonObject account, string currency)
    {
        var id = account["id"]!.GetValue<string>();
        var received = call.Store.List("transfer", [new Filter("destination", id), new Filter("currency", currency)], int.MaxValue, null)
            .Sum(transfer => transfer["amount"]!.GetValue<long>() - transfer["amount_reversed"]!.GetValue<long>());
        return received - (account[PaidOut]?[currency]?.GetValue<long>() ?? 0);
    }

    private static JsonObject Create(Call call)
    {
        var account = call.New("account", "acct");
        account.Remove("livemode");
        account["type"] = call.Text("type");
        account["country"] = call.Text("country") ?? "US";
        account["email"] = call.Text("email");
        account["business_profile"] = call.Nested("business_profile")?.DeepClone();
        account["capabilities"] = new JsonObject { ["transfers"] = "active" };
        account["charges_enabled"] = true;
        account["payouts_enabled"] = true;
        account["details_submitted"] = true;
        call.Store.Insert(account);
        return account;
    }
}
