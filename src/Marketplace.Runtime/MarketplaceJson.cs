using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;
using NodaTime.Serialization.SystemTextJson;

namespace Marketplace.Runtime;

/// <summary>The one JSON form of what is stored and sent between modules: camelCase, RFC 3339 instants, enums by name.</summary>
public static class MarketplaceJson
{
    /// <summary>Shared, read-only options.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>Writes a value as UTF-8.</summary>
    public static byte[] Serialize<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    /// <summary>Reads a stored value.</summary>
    /// <exception cref="JsonException">The bytes are no such value.</exception>
    public static T Deserialize<T>(ReadOnlyMemory<byte> utf8) =>
        JsonSerializer.Deserialize<T>(utf8.Span, Options) ?? throw new JsonException($"A null {typeof(T).Name} was stored.");

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            NumberHandling = JsonNumberHandling.Strict,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        };
        options.ConfigureForNodaTime(DateTimeZoneProviders.Tzdb);
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
