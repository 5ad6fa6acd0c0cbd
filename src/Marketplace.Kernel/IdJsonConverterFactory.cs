using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketplace.Kernel;

/// <summary>Ids are JSON strings, as values and as property names. A malformed id is a <see cref="JsonException"/>.</summary>
public sealed class IdJsonConverterFactory : JsonConverterFactory
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Id<>);

    /// <inheritdoc/>
    [UnconditionalSuppressMessage(
        "AOT", "IL3050", Justification = "The one natively compiled program, the worker, exchanges ids as text and never asks for a converter.")]
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<TKind> : JsonConverter<Id<TKind>>
        where TKind : IIdKind
    {
        public override Id<TKind> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Parse(reader.GetString());

        public override void Write(Utf8JsonWriter writer, Id<TKind> value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());

        public override Id<TKind> ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Parse(reader.GetString());

        public override void WriteAsPropertyName(Utf8JsonWriter writer, Id<TKind> value, JsonSerializerOptions options) =>
            writer.WritePropertyName(value.ToString());

        private static Id<TKind> Parse(string? text) =>
            string.IsNullOrEmpty(text) ? default
            : Id<TKind>.TryParse(text, out var id) ? id
            : throw new JsonException($"'{text}' is no {TKind.Prefix} id.");
    }
}
