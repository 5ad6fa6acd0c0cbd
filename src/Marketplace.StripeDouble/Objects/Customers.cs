using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Marketplace.StripeDouble.Http;
using Marketplace.StripeDouble.Storage;
using Stripe;

namespace Marketplace.StripeDouble.Objects;

/// <summary>
/// Customers. One without a payment method has a default card that succeeds; <c>pm_card_chargeCustomerFail</c> declines, as
/// Stripe's test method of that name does.
/// </summary>
internal static partial class Customers
{
    public const string DecliningMethod = "pm_card_chargeCustomerFail";
    private const string DefaultMethod = "pm_card_visa";

    public static IEnumerable<Route> Routes() =>
    [
        new("POST", "/v1/customers", typeof(CustomerCreateOptions), Create),
        new("GET", "/v1/customers", typeof(CustomerListOptions), call => call.List("customer", "email")),
        new("GET", "/v1/customers/search", typeof(CustomerSearchOptions), Search),
        new("GET", "/v1/customers/{id}", typeof(CustomerGetOptions), call => call.Fetch("customer", call.Id)),
        new("POST", "/v1/customers/{id}", typeof(CustomerUpdateOptions), Update),
    ];

    public static string Method(JsonObject customer) =>
        customer["invoice_settings"]?["default_payment_method"]?.GetValue<string>() ?? DefaultMethod;

    /// <summary>Reads <c>metadata['key']:'value'</c>, the one query form that the product uses.</summary>
    public static JsonObject Search(Call call)
    {
        var query = call.Required("query");
        var match = MetadataQuery().Match(query);
        if (!match.Success) throw StripeProblem.Invalid(null, $"The double does not read the query: {query}", "query");
        var page = call.Page("customer", [new Filter($"metadata.\"{match.Groups[1].Value}\"", match.Groups[2].Value)]);
        page["object"] = "search_result";
        return page;
    }

    private static JsonObject Create(Call call)
    {
        var customer = call.New("customer", "cus");
        Fill(call, customer);
        if (call.Text("payment_method") is { } method && customer["invoice_settings"]!["default_payment_method"] is null)
            customer["invoice_settings"]!["default_payment_method"] = method;
        call.Store.Insert(customer);
        call.Emit("customer.created", customer);
        return customer;
    }

    private static JsonObject Update(Call call)
    {
        var customer = call.Fetch("customer", call.Id);
        Fill(call, customer);
        call.Store.Update(customer);
        return customer;
    }

    private static void Fill(Call call, JsonObject customer)
    {
        foreach (var name in (ReadOnlySpan<string>)["name", "email", "description"])
            if (call.Text(name) is { } value) customer[name] = value;
        foreach (var (key, value) in call.Metadata()) customer["metadata"]![key] = value!.DeepClone();
        customer["invoice_settings"] ??= new JsonObject { ["default_payment_method"] = null };
        if (call.Nested("invoice_settings")?["default_payment_method"] is { } method)
            customer["invoice_settings"]!["default_payment_method"] = method.DeepClone();
    }

    [GeneratedRegex("^metadata\\['([a-zA-Z0-9_]+)'\\]:'([a-zA-Z0-9_-]+)'$")]
    private static partial Regex MetadataQuery();
}
