using System.Text.Json.Nodes;
using Marketplace.StripeDouble.Http;
using Marketplace.StripeDouble.Storage;
using Stripe;

namespace Marketplace.StripeDouble.Objects;

/// <summary>Transfers to connected accounts and their reversals.</summary>
internal static class Transfers
{
    public static IEnumerable<Route> Routes() =>
    [
        new("POST", "/v1/transfers", typeof(TransferCreateOptions), Create),
        new("GET", "/v1/transfers", typeof(TransferListOptions), call => call.List("transfer", "destination", "transfer_group")),
        new("GET", "/v1/transfers/{id}", typeof(TransferGetOptions), call => call.Fetch("transfer", call.Id)),
        new("POST", "/v1/transfers/{id}/reversals", typeof(TransferReversalCreateOptions), Reverse),
        new("GET", "/v1/transfers/{id}/reversals", typeof(TransferReversalListOptions),
            call => call.Page("transfer_reversal", [new Filter("transfer", call.Id)])),
    ];

    private static JsonObject Create(Call call)
    {
        var amount = call.PositiveInteger("amount");
        var currency = call.Required("currency");
        var destination = call.Fetch("account", call.Required("destination"), "destination");
        var transfer = call.New("transfer", "tr");
        transfer["amount"] = amount;
        transfer["amount_reversed"] = 0;
        transfer["reversed"] = false;
        transfer["currency"] = currency;
        transfer["description"] = call.Text("description");
        transfer["destination"] = destination["id"]!.GetValue<string>();
        transfer["source_transaction"] = call.Text("source_transaction");
        transfer["transfer_group"] = call.Text("transfer_group");
        var availableOn = call.Text("source_transaction") is { } source ? UseCharge(call, source, amount, currency, transfer) : UseBalance(call, amount, currency);
        transfer["balance_transaction"] = Balances.Book(call, "transfer", transfer, -amount, 0, availableOn);
        call.Store.Insert(transfer, transfer["source_transaction"]?.GetValue<string>() ?? "");
        call.Emit("transfer.created", transfer);
        return transfer;
    }

    private static long UseBalance(Call call, long amount, string currency)
    {
        if (Balances.Available(call, currency) >= amount) return call.Now;
        // As with a declined card the refusal is kept as the answer to its key: another try needs another.
        throw new StripeProblem(400, "invalid_request_error", "balance_insufficient", "You have insufficient available funds in your Stripe account.", "amount")
        {
            KeepsEffects = true,
        };
    }

    /// <summary>A transfer out of a charge waits for the charge's funds and can't exceed what is left of it.</summary>
    private static long UseCharge(Call call, string source, long amount, string currency, JsonObject transfer)
    {
        var charge = call.Fetch("charge", source, "source_transaction");
        if (charge["status"]!.GetValue<string>() != "succeeded") throw StripeProblem.Invalid(null, "The charge did not succeed.", "source_transaction");
        if (charge["currency"]!.GetValue<string>() != currency) throw StripeProblem.Invalid(null, "The charge has another currency.", "currency");
        var used = call.Store.Owned("transfer", source).Sum(other => other["amount"]!.GetValue<long>() - other["amount_reversed"]!.GetValue<long>());
        var left = charge["amount"]!.GetValue<long>() - charge["amount_refunded"]!.GetValue<long>() - used;
        if (amount > left) throw StripeProblem.Invalid("balance_insufficient", $"The charge has {left} left to transfer.", "amount");
        transfer["transfer_group"] ??= $"group_{source}";
        return call.Fetch("balance_transaction", charge["balance_transaction"]!.GetValue<string>())["available_on"]!.GetValue<long>();
    }

    private static JsonObject Reverse(Call call)
    {
        var transfer = call.Fetch("transfer", call.Id);
        var left = transfer["amount"]!.GetValue<long>() - transfer["amount_reversed"]!.GetValue<long>();
        var amount = call.Integer("amount") ?? left;
        if (amount < 1 || amount > left) throw StripeProblem.Invalid(null, $"The transfer has {left} left to reverse.", "amount");
        var currency = transfer["currency"]!.GetValue<string>();
        var account = call.Fetch("account", transfer["destination"]!.GetValue<string>());
        if (Accounts.Balance(call, account, currency) < amount)
            throw StripeProblem.Invalid("balance_insufficient", "The connected account has not enough funds to reverse the transfer.", "amount");
        var reversal = call.New("transfer_reversal", "trr");
        reversal.Remove("livemode");
        reversal["amount"] = amount;
        reversal["currency"] = currency;
        reversal["transfer"] = call.Id;
        reversal["balance_transaction"] = Balances.Book(call, "transfer_refund", reversal, amount);
        call.Store.Insert(reversal, call.Id);
        transfer["amount_reversed"] = transfer["amount"]!.GetValue<long>() - left + amount;
        transfer["reversed"] = left == amount;
        call.Store.Update(transfer);
        call.Emit("transfer.reversed", transfer);
        return reversal;
    }
}
