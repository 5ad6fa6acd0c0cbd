using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketplace.Kernel;

/// <summary>The id of a GPU class in the catalogue: lower-case letters, digits and hyphens, 1 to 40, such as <c>nvidia-h200-sxm</c>.</summary>
[JsonConverter(typeof(JsonText))]
public readonly record struct GpuModelId
{
    private readonly string? text;

    private GpuModelId(string text) => this.text = text;

    /// <summary>Reads the text of an id; whether the catalogue has it is another question.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out GpuModelId id)
    {
        var valid = Slug.IsValid(text);
        id = valid ? new GpuModelId(text!) : default;
        return valid;
    }

    /// <summary>Reads an id that is known to be good.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static GpuModelId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no GPU class.");

    /// <inheritdoc/>
    public override string ToString() => text ?? "";

    private sealed class JsonText : JsonConverter<GpuModelId>
    {
        public override GpuModelId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var id) ? id : throw new JsonException("Expected a GPU class.");

        public override void Write(Utf8JsonWriter writer, GpuModelId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}

/// <summary>The id of a national hub, the region of the market: lower-case letters, digits and hyphens, 1 to 40, such as <c>guizhou</c>.</summary>
[JsonConverter(typeof(JsonText))]
public readonly record struct HubId
{
    private readonly string? text;

    private HubId(string text) => this.text = text;

    /// <summary>Reads the text of an id; whether there is such a hub is another question.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out HubId id)
    {
        var valid = Slug.IsValid(text);
        id = valid ? new HubId(text!) : default;
        return valid;
    }

    /// <summary>Reads an id that is known to be good.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static HubId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no hub.");

    /// <inheritdoc/>
    public override string ToString() => text ?? "";

    private sealed class JsonText : JsonConverter<HubId>
    {
        public override HubId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var id) ? id : throw new JsonException("Expected a hub.");

        public override void Write(Utf8JsonWriter writer, HubId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}

/// <summary>One order book: a GPU class in a hub. Its text, <c>class@hub</c>, is the book's partition and session key.</summary>
public readonly record struct BookKey(GpuModelId Model, HubId Hub)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Model}@{Hub}";
}

internal static class Slug
{
    public static bool IsValid([NotNullWhen(true)] string? text) =>
        text is { Length: >= 1 and <= 40 } && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');
}
