using System.Text.Json;

namespace Marketplace.Kernel;

/// <summary>The JSON form that money and unit prices share: one decimal string and a currency code.</summary>
internal static class CurrencyObject
{
    public static (string Number, Currency Currency) Read(ref Utf8JsonReader reader, string numberName)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("Expected an object.");
        string? number = null;
        Currency currency = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            if (name == numberName) number = reader.GetString();
            else if (name == "currency" && Currency.TryParseKept(reader.GetString(), out var known)) currency = known;
            else throw new JsonException($"Unexpected '{name}'.");
        }

        return number is null || currency.IsUnset
            ? throw new JsonException($"Expected '{numberName}' and a known 'currency'.")
            : (number, currency);
    }

    public static void Write(Utf8JsonWriter writer, string numberName, string number, Currency currency)
    {
        writer.WriteStartObject();
        writer.WriteString(numberName, number);
        writer.WriteString("currency", currency.Code);
        writer.WriteEndObject();
    }
}
