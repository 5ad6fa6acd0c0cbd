using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketplace.Kernel;

/// <summary>
/// What a seller asks: one price per GPU-hour, or one for every hour of the week (UTC, from Monday 00:00). Immutable; equal when the
/// prices are. JSON: as a <see cref="UnitPrice"/>, or <c>{"perGpuHourOfWeek":["2.10", ...],"currency":"USD"}</c> with 168 prices.
/// </summary>
[JsonConverter(typeof(JsonObject))]
public sealed class PriceSchedule : IEquatable<PriceSchedule>
{
    /// <summary>Hours of a week: as many prices as a schedule by the hour has.</summary>
    public const int HoursPerWeek = 7 * 24;

    // 1970-01-01, the hour of index 0, was a Thursday.
    private const int HoursFromMondayToEpoch = 3 * 24;

    private readonly long[] micros;
    private readonly long[] sums;

    private PriceSchedule(long[] micros, Currency currency)
    {
        (this.micros, Currency) = (micros, currency);
        sums = new long[micros.Length + 1];
        for (var hour = 0; hour < micros.Length; hour++) sums[hour + 1] = checked(sums[hour] + micros[hour]);
        Lowest = UnitPrice.OfMicros(micros.Min(), currency);
        Highest = UnitPrice.OfMicros(micros.Max(), currency);
    }

    /// <summary>The currency of all prices.</summary>
    public Currency Currency { get; }

    /// <summary>The lowest price of any hour.</summary>
    public UnitPrice Lowest { get; }

    /// <summary>The highest price of any hour.</summary>
    public UnitPrice Highest { get; }

    /// <summary>Whether every hour costs the same.</summary>
    public bool IsFlat => micros.Length == 1;

    /// <summary>One price for every hour.</summary>
    public static PriceSchedule Flat(UnitPrice price) => new([price.MicrosPerGpuHour], price.Currency);

    /// <summary>One price for every hour.</summary>
    public static implicit operator PriceSchedule(UnitPrice price) => Flat(price);

    /// <summary>
    /// One price per hour of the week, Monday 00:00 UTC first. False unless there are <see cref="HoursPerWeek"/> of one currency. All
    /// the same price is a flat schedule.
    /// </summary>
    public static bool TryCreate(IReadOnlyList<UnitPrice> perHourOfWeek, [NotNullWhen(true)] out PriceSchedule? schedule)
    {
        schedule = null;
        if (perHourOfWeek.Count != HoursPerWeek) return false;
        var currency = perHourOfWeek[0].Currency;
        if (currency.IsUnset || perHourOfWeek.Any(price => price.Currency != currency)) return false;
        schedule = perHourOfWeek.Distinct().Count() == 1
            ? Flat(perHourOfWeek[0])
            : new PriceSchedule([.. perHourOfWeek.Select(price => price.MicrosPerGpuHour)], currency);
        return true;
    }

    /// <summary>The price of an hour.</summary>
    public UnitPrice At(HourSlot hour) => UnitPrice.OfMicros(micros[IsFlat ? 0 : HourOfWeek(hour)], Currency);

    /// <summary>
    /// The price of a block: the mean over its hours, rounded up to the micro-unit, so that nobody sells below what he asks. A mean is
    /// within a limit exactly if it is so rounded.
    /// </summary>
    public UnitPrice Over(HourWindow window) => UnitPrice.OfMicros(MicrosOver(window.From, window.Hours), Currency);

    /// <summary>The price of a block in micro-units per GPU-hour; see <see cref="Over"/>.</summary>
    public long MicrosOver(HourSlot from, int hours)
    {
        if (IsFlat) return micros[0];
        var (weeks, rest) = Math.DivRem(hours, HoursPerWeek);
        var first = HourOfWeek(from);
        var last = first + rest;
        var sum = (weeks * sums[HoursPerWeek])
            + (last <= HoursPerWeek ? sums[last] - sums[first] : sums[HoursPerWeek] - sums[first] + sums[last - HoursPerWeek]);
        return (sum + hours - 1) / hours;
    }

    /// <summary>The prices: one, or one per hour of the week.</summary>
    public IReadOnlyList<UnitPrice> Prices => [.. micros.Select(price => UnitPrice.OfMicros(price, Currency))];

    /// <inheritdoc/>
    public bool Equals(PriceSchedule? other) => other is not null && Currency == other.Currency && micros.AsSpan().SequenceEqual(other.micros);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PriceSchedule);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Currency, micros.Length, sums[^1]);

    /// <summary>Such as <c>2.10 USD per GPU-hour</c>.</summary>
    public override string ToString() => IsFlat ? Lowest.ToString() : $"{Lowest.PerGpuHour} to {Highest.PerGpuHour} {Currency.Code} per GPU-hour, by the hour of the week";

    private static int HourOfWeek(HourSlot hour) => (hour.Index + HoursFromMondayToEpoch) % HoursPerWeek;

    private sealed class JsonObject : JsonConverter<PriceSchedule>
    {
        public override PriceSchedule Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var json = JsonDocument.ParseValue(ref reader);
            if (!json.RootElement.TryGetProperty("perGpuHourOfWeek", out var hours)) return Flat(json.RootElement.Deserialize<UnitPrice>(options));
            if (!Currency.TryParse(json.RootElement.GetProperty("currency").GetString(), out var currency)) throw new JsonException("Unknown currency.");
            var prices = hours.EnumerateArray()
                .Select(text => UnitPrice.TryParse(text.GetString(), currency, out var price) ? price : throw new JsonException($"'{text}' is no price."))
                .ToList();
            return TryCreate(prices, out var schedule) ? schedule : throw new JsonException($"Expected {HoursPerWeek} prices.");
        }

        public override void Write(Utf8JsonWriter writer, PriceSchedule value, JsonSerializerOptions options)
        {
            if (value.IsFlat)
            {
                JsonSerializer.Serialize(writer, value.Lowest, options);
                return;
            }

            writer.WriteStartObject();
            writer.WriteStartArray("perGpuHourOfWeek");
            foreach (var price in value.Prices) writer.WriteStringValue(price.PerGpuHour);
            writer.WriteEndArray();
            writer.WriteString("currency", value.Currency.Code);
            writer.WriteEndObject();
        }
    }
}
