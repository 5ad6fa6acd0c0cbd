using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;

namespace Marketplace.Kernel;

/// <summary>A calendar month, UTC, from 2000-01 to 2199-12. Text and JSON: <c>2026-10</c>.</summary>
[JsonConverter(typeof(JsonText))]
public readonly record struct BillingPeriod : IComparable<BillingPeriod>
{
    private readonly int months;

    private BillingPeriod(int months) => this.months = months;

    /// <summary>The first instant of the month.</summary>
    public Instant Start => Instant.FromUtc(months / 12, months % 12 + 1, 1, 0, 0);

    /// <summary>The first instant after the month.</summary>
    public Instant End => Next.Start;

    /// <summary>The month after.</summary>
    public BillingPeriod Next => new(months + 1);

    /// <summary>The month before.</summary>
    public BillingPeriod Previous => new(months - 1);

    /// <summary>The month that an instant falls into.</summary>
    public static BillingPeriod Containing(Instant instant)
    {
        var date = instant.InUtc().Date;
        return new BillingPeriod(date.Year * 12 + date.Month - 1);
    }

    /// <summary>Reads <c>yyyy-MM</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out BillingPeriod period)
    {
        period = default;
        if (text is not { Length: 7 } || text[4] != '-') return false;
        if (!int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)) return false;
        if (!int.TryParse(text.AsSpan(5, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var month)) return false;
        if (year is < 2000 or > 2199 || month is < 1 or > 12) return false;
        period = new BillingPeriod(year * 12 + month - 1);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(BillingPeriod other) => months.CompareTo(other.months);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{months / 12:D4}-{months % 12 + 1:D2}");

    private sealed class JsonText : JsonConverter<BillingPeriod>
    {
        public override BillingPeriod Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var period) ? period : throw new JsonException("Expected a month such as 2026-10.");

        public override void Write(Utf8JsonWriter writer, BillingPeriod value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
