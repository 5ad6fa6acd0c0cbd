using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketplace.Kernel;

/// <summary>
/// Time of use: whole GPU-seconds (one GPU for one second), zero or more. JSON: a number. Property names end in
/// <c>gpuSeconds</c>.
/// </summary>
[JsonConverter(typeof(JsonNumber))]
public readonly record struct GpuTime : IComparable<GpuTime>
{
    /// <summary>Seconds in an hour slot.</summary>
    public const int SecondsPerHour = 3600;

    private GpuTime(long gpuSeconds) => GpuSeconds = gpuSeconds;

    /// <summary>No time at all; also what <c>default</c> is.</summary>
    public static GpuTime Zero => default;

    /// <summary>GPU-seconds, zero or more.</summary>
    public long GpuSeconds { get; }

    /// <summary>A time of GPU-seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public static GpuTime OfGpuSeconds(long gpuSeconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gpuSeconds);
        return new GpuTime(gpuSeconds);
    }

    /// <summary>Some GPUs for some hours.</summary>
    public static GpuTime OfGpuHours(int gpuCount, int hours) => OfGpuSeconds(checked((long)gpuCount * hours * SecondsPerHour));

    /// <summary>Sum.</summary>
    public static GpuTime operator +(GpuTime left, GpuTime right) => new(checked(left.GpuSeconds + right.GpuSeconds));

    /// <summary>Difference; throws below zero.</summary>
    public static GpuTime operator -(GpuTime left, GpuTime right) => OfGpuSeconds(checked(left.GpuSeconds - right.GpuSeconds));

    /// <summary>Less than.</summary>
    public static bool operator <(GpuTime left, GpuTime right) => left.GpuSeconds < right.GpuSeconds;

    /// <summary>Greater than.</summary>
    public static bool operator >(GpuTime left, GpuTime right) => left.GpuSeconds > right.GpuSeconds;

    /// <summary>Less than or equal.</summary>
    public static bool operator <=(GpuTime left, GpuTime right) => left.GpuSeconds <= right.GpuSeconds;

    /// <summary>Greater than or equal.</summary>
    public static bool operator >=(GpuTime left, GpuTime right) => left.GpuSeconds >= right.GpuSeconds;

    /// <inheritdoc/>
    public int CompareTo(GpuTime other) => GpuSeconds.CompareTo(other.GpuSeconds);

    /// <summary>Such as <c>7200 GPU-s</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{GpuSeconds} GPU-s");

    private sealed class JsonNumber : JsonConverter<GpuTime>
    {
        public override GpuTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TryGetInt64(out var seconds) && seconds >= 0 ? new GpuTime(seconds) : throw new JsonException("Expected GPU-seconds, 0 or more.");

        public override void Write(Utf8JsonWriter writer, GpuTime value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value.GpuSeconds);
    }
}
