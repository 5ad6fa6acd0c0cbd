using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Kernel;

/// <summary>
/// One hour of delivery, UTC, aligned to the hour: the number of hours since 1970-01-01T00:00:00Z. From the year 2000 to 2199.
/// JSON: its first instant, <c>2026-11-23T09:00:00Z</c>.
/// </summary>
[JsonConverter(typeof(JsonText))]
public readonly record struct HourSlot : IComparable<HourSlot>
{
    private HourSlot(int index) => Index = index;

    /// <summary>The first hour that can be named.</summary>
    public static HourSlot MinValue { get; } = Containing(Instant.FromUtc(2000, 1, 1, 0, 0));

    /// <summary>The last hour that can be named.</summary>
    public static HourSlot MaxValue { get; } = Containing(Instant.FromUtc(2199, 12, 31, 23, 0));

    /// <summary>Hours since the Unix epoch.</summary>
    public int Index { get; }

    /// <summary>The first instant of the hour.</summary>
    public Instant Start => Instant.FromUnixTimeSeconds((long)Index * GpuTime.SecondsPerHour);

    /// <summary>The first instant after the hour.</summary>
    public Instant End => (this + 1).Start;

    /// <summary>The slot of an index that is known to be good.</summary>
    public static HourSlot OfIndex(int index) => new(index);

    /// <summary>The slot that an instant falls into.</summary>
    public static HourSlot Containing(Instant instant) => new(checked((int)Math.Floor(instant.ToUnixTimeSeconds() / (double)GpuTime.SecondsPerHour)));

    /// <summary>The slot that starts exactly at an instant. False if it is not on the hour or outside the range.</summary>
    public static bool TryStartingAt(Instant instant, out HourSlot slot)
    {
        var inRange = instant >= MinValue.Start && instant <= MaxValue.Start;
        slot = inRange ? Containing(instant) : default;
        return inRange && slot.Start == instant;
    }

    /// <summary>The slot some hours later.</summary>
    public static HourSlot operator +(HourSlot slot, int hours) => new(checked(slot.Index + hours));

    /// <summary>The hours from one slot to another.</summary>
    public static int operator -(HourSlot left, HourSlot right) => checked(left.Index - right.Index);

    /// <summary>Earlier than.</summary>
    public static bool operator <(HourSlot left, HourSlot right) => left.Index < right.Index;

    /// <summary>Later than.</summary>
    public static bool operator >(HourSlot left, HourSlot right) => left.Index > right.Index;

    /// <summary>Earlier or the same.</summary>
    public static bool operator <=(HourSlot left, HourSlot right) => left.Index <= right.Index;

    /// <summary>Later or the same.</summary>
    public static bool operator >=(HourSlot left, HourSlot right) => left.Index >= right.Index;

    /// <inheritdoc/>
    public int CompareTo(HourSlot other) => Index.CompareTo(other.Index);

    /// <summary>Such as <c>2026-11-23T09:00:00Z</c>.</summary>
    public override string ToString() => InstantPattern.General.Format(Start);

    private sealed class JsonText : JsonConverter<HourSlot>
    {
        public override HourSlot Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            InstantPattern.ExtendedIso.Parse(reader.GetString() ?? "") is { Success: true } parsed && TryStartingAt(parsed.Value, out var slot)
                ? slot
                : throw new JsonException("Expected an instant on the hour, such as 2026-11-23T09:00:00Z.");

        public override void Write(Utf8JsonWriter writer, HourSlot value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
