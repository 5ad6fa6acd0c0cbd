using System.Globalization;
using System.Text.Json.Nodes;
using Marketplace.StripeDouble.Http;
using Marketplace.StripeDouble.Storage;
using Stripe.Billing;

namespace Marketplace.StripeDouble.Objects;

/// <summary>Meter events. Stripe neither shows nor lists them.</summary>
internal static class MeterEvents
{
    public const string Type = "billing.meter_event";
    private const long UniqueSeconds = 24 * 3600;
    private const long OldestSeconds = 35 * 24 * 3600;
    private const long AheadSeconds = 300;

    public static IEnumerable<Route> Routes() => [new("POST", "/v1/billing/meter_events", typeof(MeterEventCreateOptions), Create)];

    private static JsonObject Create(Call call)
    {
        var payload = call.Nested("payload") ?? throw StripeProblem.Invalid("parameter_missing", "Missing required param: payload.", "payload");
        call.Fetch("customer", Text(payload, "stripe_customer_id"), "payload");
        if (!long.TryParse(Text(payload, "value"), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            throw StripeProblem.Invalid(null, "The value must be a whole number, not negative.", "payload");
        var timestamp = call.Integer("timestamp") ?? call.Now;
        if (timestamp < call.Now - OldestSeconds) throw StripeProblem.Invalid("timestamp_too_far_in_past", "The timestamp is more than 35 days ago.", "timestamp");
        if (timestamp > call.Now + AheadSeconds) throw StripeProblem.Invalid("timestamp_in_future", "The timestamp is more than 5 minutes ahead.", "timestamp");
        var made = call.New(Type, "mev");
        made.Remove("metadata");
        var identifier = call.Text("identifier") ?? made["id"]!.GetValue<string>();
        if (call.Store.List(Type, [new Filter("identifier", identifier)], 1, null).Any(earlier => earlier["created"]!.GetValue<long>() > call.Now - UniqueSeconds))
            throw StripeProblem.Invalid(null, $"An event already exists with identifier {identifier}.", "identifier");
        made["event_name"] = call.Required("event_name");
        made["identifier"] = identifier;
        made["payload"] = payload.DeepClone();
        made["timestamp"] = timestamp;
        call.Store.Insert(made);
        return made;
    }

    private static string Text(JsonObject payload, string name) =>
        payload[name]?.GetValue<string>() ?? throw StripeProblem.Invalid("parameter_missing", $"The payload lacks {name}.", "payload");
}
