using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketplace.Kernel;

/// <summary>
/// A currency by its ISO 4217 code, with the number of decimals of its minor unit. <c>default</c> is unset.
/// </summary>
[JsonConverter(typeof(JsonText))]
public readonly record struct Currency
{
    private readonly string? code;

    private Currency(string code, int decimals) => (this.code, Decimals) = (code, decimals);

    /// <summary>United States dollar, two decimals.</summary>
    public static Currency Usd { get; } = new("USD", 2);

    /// <summary>Chinese yuan renminbi, two decimals.</summary>
    public static Currency Cny { get; } = new("CNY", 2);

    /// <summary>Japanese yen, no decimals.</summary>
    public static Currency Jpy { get; } = new("JPY", 0);

    /// <summary>
    /// What an amount of another system is in where the marketplace does not know its currency: XXX, as ISO 4217 has it for none. Such an amount
    /// is a number of that system's minor units. It is there to be shown: it is not <see cref="Known"/>, and nothing is sold or booked in it.
    /// </summary>
    public static Currency Foreign { get; } = new("XXX", 0);

    /// <summary>The currencies that the marketplace knows.</summary>
    public static IReadOnlyList<Currency> Known { get; } = [Usd, Cny, Jpy];

    /// <summary>The ISO 4217 code, in capitals.</summary>
    /// <exception cref="InvariantException">The currency is unset.</exception>
    public string Code => code ?? throw new InvariantException("An unset currency was used.");

    /// <summary>Decimals of the minor unit: 2 for cents, 0 where there is none.</summary>
    public int Decimals { get; }

    /// <summary>Whether this is the unset currency.</summary>
    public bool IsUnset => code is null;

    /// <summary>Minor units in one major unit: 100 for USD, 1 for JPY.</summary>
    public long MinorPerMajor => Decimals switch { 0 => 1, 2 => 100, _ => (long)Math.Pow(10, Decimals) };

    /// <summary>Finds a known currency. Codes are capitals, as in ISO 4217.</summary>
    public static bool TryParse([NotNullWhen(true)] string? code, out Currency currency)
    {
        foreach (var known in Known)
        {
            if (known.code == code)
            {
                currency = known;
                return true;
            }
        }

        currency = default;
        return false;
    }

    /// <summary>Reads what was kept: also <see cref="Foreign"/>.</summary>
    internal static bool TryParseKept(string? code, out Currency currency)
    {
        if (TryParse(code, out currency)) return true;
        if (code != Foreign.code) return false;
        currency = Foreign;
        return true;
    }

    /// <summary>A currency whose code is known to be good.</summary>
    /// <exception cref="FormatException">The code is not known.</exception>
    public static Currency Parse(string code) =>
        TryParse(code, out var currency) ? currency : throw new FormatException($"'{code}' is no known currency.");

    /// <inheritdoc/>
    public override string ToString() => code ?? "";

    private sealed class JsonText : JsonConverter<Currency>
    {
        public override Currency Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParseKept(reader.GetString(), out var currency) ? currency : throw new JsonException("Unknown currency.");

        public override void Write(Utf8JsonWriter writer, Currency value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Code);
    }
}
