using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Marketplace.Verification.Certificates;

/// <summary>
/// JSON in one form only, as in RFC 8785 where that is simple: members in ordinal order, no white space, integers and ASCII strings without
/// control characters.
/// </summary>
internal static class CanonicalJson
{
    // Nothing but quotes and backslashes needs escaping in such strings.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain)) Write(json, node);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                json.WriteStartObject();
                foreach (var (name, value) in members.OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    json.WritePropertyName(name);
                    Write(json, value);
                }

                json.WriteEndObject();
                break;
            case JsonArray items:
                json.WriteStartArray();
                foreach (var item in items) Write(json, item);
                json.WriteEndArray();
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                json.WriteNumberValue(value.GetValue<long>());
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                var text = value.GetValue<string>();
                InvariantException.Require(!text.AsSpan().ContainsAnyExceptInRange(' ', '~'), "A certificate's texts are printable ASCII.");
                json.WriteStringValue(text);
                break;
            default:
                throw new InvariantException("A certificate holds objects, lists, integers and texts only.");
        }
    }
}
