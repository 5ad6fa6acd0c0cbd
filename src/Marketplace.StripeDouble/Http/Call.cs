using System.Globalization;
using System.Text.Json.Nodes;
using Marketplace.StripeDouble.Storage;

namespace Marketplace.StripeDouble.Http;

/// <summary>One API call inside its transaction: its parameters, the objects and the instant.</summary>
internal sealed class Call(ObjectStore store, StripeDoubleOptions options, JsonObject form, IReadOnlyDictionary<string, string> route)
{
    /// <summary>The objects.</summary>
    public ObjectStore Store { get; } = store;

    /// <summary>How the double runs.</summary>
    public StripeDoubleOptions Options { get; } = options;

    /// <summary>Unix seconds.</summary>
    public long Now { get; } = options.Clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>The request's idempotency key, for its events.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The object that the path names.</summary>
    public string Id => route["id"];

    public string Route(string name) => route[name];

    public string? Text(string name) => form[name]?.GetValue<string>();

    public string Required(string name) =>
        Text(name) is { Length: > 0 } text ? text : throw StripeProblem.Invalid("parameter_missing", $"Missing required param: {name}.", name);

    public long? Integer(string name) => Text(name) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    public long PositiveInteger(string name)
    {
        var value = long.Parse(Required(name), CultureInfo.InvariantCulture);
        return value > 0 ? value : throw StripeProblem.Invalid("parameter_invalid_integer", "This value must be greater than or equal to 1.", name);
    }

    public bool? Flag(string name) => Text(name) is { } text ? text == "true" : null;

    public JsonObject? Nested(string name) => form[name] as JsonObject;

    public JsonObject Metadata() => Nested("metadata")?.DeepClone().AsObject() ?? [];

    public IEnumerable<string> Texts(string name) => Nested(name)?.Select(item => item.Value!.GetValue<string>()) ?? [];

    /// <summary>An object that must exist and be of a type.</summary>
    public JsonObject Fetch(string type, string id, string param = "id") =>
        Store.Find(id) is { } found && found["object"]!.GetValue<string>() == type
            ? found
            : throw StripeProblem.Missing(type.Replace('_', ' '), id, param);

    /// <summary>A new object with what all objects have.</summary>
    public JsonObject New(string type, string prefix) => new()
    {
        ["id"] = Store.NextId(prefix),
        ["object"] = type,
        ["created"] = Now,
        ["livemode"] = false,
        ["metadata"] = Metadata(),
    };

    /// <summary>Records an event with a snapshot of its object, to be delivered once the call has committed.</summary>
    public void Emit(string type, JsonObject body)
    {
        var record = new JsonObject
        {
            ["id"] = Store.NextId("evt"),
            ["object"] = "event",
            ["api_version"] = Stripe.StripeConfiguration.ApiVersion,
            ["created"] = Now,
            ["livemode"] = false,
            ["type"] = type,
            ["pending_webhooks"] = 1,
            ["request"] = new JsonObject { ["id"] = null, ["idempotency_key"] = IdempotencyKey },
            ["data"] = new JsonObject { ["object"] = Views.Render(body, Store, Now) },
        };
        Store.Insert(record);
        if (Options.WebhookTypes.Count == 0 || Options.WebhookTypes.Contains(type)) Store.EnqueueDelivery(record["id"]!.GetValue<string>());
    }

    /// <summary>A page of objects, newest first.</summary>
    /// <param name="type">The objects' type.</param>
    /// <param name="equal">The parameters that are compared with the object's field of the same name.</param>
    public JsonObject List(string type, params ReadOnlySpan<string> equal)
    {
        var filters = new List<Filter>();
        foreach (var name in equal)
            if (Text(name) is { } value) filters.Add(new Filter(name, value));
        return Page(type, filters);
    }

    /// <summary>A page of objects that match filters, and the <c>created</c> range of the request.</summary>
    public JsonObject Page(string type, List<Filter> filters)
    {
        var limit = Integer("limit") ?? 10;
        if (limit is < 1 or > 100) throw StripeProblem.Invalid("parameter_invalid_integer", "This value must be between 1 and 100.", "limit");
        if (form["created"] is JsonObject range)
            filters.AddRange(range.Select(bound => new Filter("created", bound.Value!.GetValue<string>(), bound.Key)));
        else if (Text("created") is { } exact)
            filters.Add(new Filter("created", exact, "eq"));
        var found = Store.List(type, filters, (int)limit + 1, Text("starting_after"));
        var data = new JsonArray([.. found.Take((int)limit).Select(body => Views.Render(body, Store, Now))]);
        return new JsonObject { ["object"] = "list", ["data"] = data, ["has_more"] = found.Count > limit, ["url"] = $"/v1/{type}s" };
    }
}
