using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Stripe;

namespace Marketplace.StripeDouble.Http;

/// <summary>
/// Refuses parameters that the real API would not know. What it knows is read off the option types of Stripe.net, which are
/// generated from Stripe's own API description.
/// </summary>
internal static class ParameterSchema
{
    private static readonly ConcurrentDictionary<Type, Dictionary<string, Type>> Known = new();

    public static void Check(JsonObject form, Type options) => CheckObject(form, options, "");

    private static void CheckObject(JsonObject node, Type options, string path)
    {
        var known = Known.GetOrAdd(options, Names);
        foreach (var (name, value) in node)
        {
            var full = path.Length == 0 ? name : $"{path}[{name}]";
            if (!known.TryGetValue(name, out var type))
                throw StripeProblem.Invalid("parameter_unknown", $"Received unknown parameter: {full}", full);
            CheckValue(value!, Nullable.GetUnderlyingType(type) ?? type, full);
        }
    }

    private static void CheckValue(JsonNode value, Type type, string path)
    {
        if (type.IsGenericType && type.GetInterfaces().Contains(typeof(IAnyOf)))
        {
            CheckAnyOf(value, type.GetGenericArguments(), path);
        }
        else if (type.IsAssignableTo(typeof(IDictionary)))
        {
            CheckMap(value, path);
        }
        else if (type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)))
        {
            if (value is not JsonObject list) throw StripeProblem.Invalid(null, "Invalid array", path);
            foreach (var (index, item) in list) CheckValue(item!, type.GetGenericArguments()[0], $"{path}[{index}]");
        }
        else if (type.IsClass && type != typeof(string))
        {
            if (value is not JsonObject child) throw StripeProblem.Invalid(null, "Invalid object", path);
            CheckObject(child, type, path);
        }
        else
        {
            CheckScalar(value, type, path);
        }
    }

    private static void CheckAnyOf(JsonNode value, Type[] choices, string path)
    {
        StripeProblem? first = null;
        foreach (var choice in choices)
        {
            try
            {
                CheckValue(value, Nullable.GetUnderlyingType(choice) ?? choice, path);
                return;
            }
            catch (StripeProblem problem)
            {
                first ??= problem;
            }
        }

        throw first!;
    }

    private static void CheckMap(JsonNode value, string path)
    {
        if (value is not JsonObject map) throw StripeProblem.Invalid(null, "Invalid object", path);
        if (map.Count > 50) throw StripeProblem.Invalid(null, "Metadata may have at most 50 keys", path);
        foreach (var (key, item) in map)
        {
            if (item is not JsonValue || key.Length > 40 || item.GetValue<string>().Length > 500)
                throw StripeProblem.Invalid(null, "Metadata keys are at most 40 characters, values at most 500", $"{path}[{key}]");
        }
    }

    private static void CheckScalar(JsonNode value, Type type, string path)
    {
        if (value is not JsonValue) throw StripeProblem.Invalid(null, "Invalid string: a hash was given", path);
        var text = value.GetValue<string>();
        if ((type == typeof(long) || type == typeof(DateTime)) && !long.TryParse(text, CultureInfo.InvariantCulture, out _))
            throw StripeProblem.Invalid("parameter_invalid_integer", $"Invalid integer: {text}", path);
        if (type == typeof(bool) && text is not ("true" or "false"))
            throw StripeProblem.Invalid(null, $"Invalid boolean: {text}", path);
        if (type == typeof(decimal) && !decimal.TryParse(text, CultureInfo.InvariantCulture, out _))
            throw StripeProblem.Invalid(null, $"Invalid decimal: {text}", path);
    }

    private static Dictionary<string, Type> Names(Type options) =>
        options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetCustomAttribute<JsonPropertyNameAttribute>() is not null)
            .ToDictionary(property => property.GetCustomAttribute<JsonPropertyNameAttribute>()!.Name, property => property.PropertyType);
}
