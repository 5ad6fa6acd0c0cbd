using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketplace.Kernel;

/// <summary>
/// A price per GPU-hour in millionths of the currency's major unit: 2.10 USD per GPU-hour is 2,100,000. Never negative; at most
/// 10^12 (a million a GPU-hour). <c>default</c> is unset. JSON: <c>{"perGpuHour":"2.10","currency":"USD"}</c>.
/// </summary>
[JsonConverter(typeof(JsonObject))]
public readonly record struct UnitPrice : IComparable<UnitPrice>
{
    /// <summary>Decimals of the price: micro-units.</summary>
    public const int Decimals = 6;

    /// <summary>The highest price, in micro-units per GPU-hour.</summary>
    public const long MaxMicrosPerGpuHour = 1_000_000_000_000;

    private UnitPrice(long micros, Currency currency) => (MicrosPerGpuHour, Currency) = (micros, currency);

    /// <summary>Millionths of the major unit per GPU-hour.</summary>
    public long MicrosPerGpuHour { get; }

    /// <summary>The currency; unset in <c>default</c>.</summary>
    public Currency Currency { get; }

    /// <summary>A price of micro-units per GPU-hour.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or above <see cref="MaxMicrosPerGpuHour"/>.</exception>
    public static UnitPrice OfMicros(long microsPerGpuHour, Currency currency)
    {
        _ = currency.Code;
        ArgumentOutOfRangeException.ThrowIfNegative(microsPerGpuHour);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(microsPerGpuHour, MaxMicrosPerGpuHour);
        return new UnitPrice(microsPerGpuHour, currency);
    }

    /// <summary>Reads decimal text such as <c>2.10</c>, at most six decimals. False when out of range or malformed.</summary>
    public static bool TryParse(ReadOnlySpan<char> perGpuHour, Currency currency, out UnitPrice price)
    {
        var valid = DecimalText.TryParse(perGpuHour, Decimals, out var micros) && micros is >= 0 and <= MaxMicrosPerGpuHour;
        price = valid ? OfMicros(micros, currency) : default;
        return valid;
    }

    /// <summary>
    /// What a time of use costs. This is the ONE rounding point of the marketplace: to the nearest minor unit, a half away from
    /// zero. Exact up to the end of the long range; beyond it, it throws.
    /// </summary>
    public Money Cost(GpuTime time)
    {
        // micros/GPU-hour * GPU-seconds / 3600 is micros; micros * minor/major / 10^6 is minor units.
        var numerator = (Int128)MicrosPerGpuHour * time.GpuSeconds * Currency.MinorPerMajor;
        var denominator = (Int128)GpuTime.SecondsPerHour * 1_000_000;
        var half = numerator < 0 ? -(denominator / 2) : denominator / 2;
        return Money.OfMinor(checked((long)((numerator + half) / denominator)), Currency);
    }

    /// <inheritdoc/>
    /// <exception cref="InvariantException">The currencies differ.</exception>
    public int CompareTo(UnitPrice other)
    {
        InvariantException.Require(Currency == other.Currency && !Currency.IsUnset, $"Prices in {Currency} and {other.Currency} were compared.");
        return MicrosPerGpuHour.CompareTo(other.MicrosPerGpuHour);
    }

    /// <summary>Less than.</summary>
    public static bool operator <(UnitPrice left, UnitPrice right) => left.CompareTo(right) < 0;

    /// <summary>Greater than.</summary>
    public static bool operator >(UnitPrice left, UnitPrice right) => left.CompareTo(right) > 0;

    /// <summary>Less than or equal.</summary>
    public static bool operator <=(UnitPrice left, UnitPrice right) => left.CompareTo(right) <= 0;

    /// <summary>Greater than or equal.</summary>
    public static bool operator >=(UnitPrice left, UnitPrice right) => left.CompareTo(right) >= 0;

    /// <summary>The price as decimal text with at least the decimals of the currency.</summary>
    [JsonIgnore]
    public string PerGpuHour => DecimalText.Format(MicrosPerGpuHour, Decimals, Currency.Decimals);

    /// <summary>Such as <c>2.10 USD per GPU-hour</c>.</summary>
    public override string ToString() => $"{PerGpuHour} {Currency.Code} per GPU-hour";

    private sealed class JsonObject : JsonConverter<UnitPrice>
    {
        public override UnitPrice Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var (number, currency) = CurrencyObject.Read(ref reader, "perGpuHour");
            return TryParse(number, currency, out var price) ? price : throw new JsonException($"'{number}' is no price in {currency}.");
        }

        public override void Write(Utf8JsonWriter writer, UnitPrice value, JsonSerializerOptions options) =>
            CurrencyObject.Write(writer, "perGpuHour", value.PerGpuHour, value.Currency);
    }
}
