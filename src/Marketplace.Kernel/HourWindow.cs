using System.Text.Json.Serialization;
using NodaTime;

namespace Marketplace.Kernel;

/// <summary>
/// Consecutive hour slots, half-open: from <see cref="From"/> up to, not including, <see cref="To"/>. At least one hour, at most
/// <see cref="MaxHours"/>. <c>default</c> is unset. JSON: <c>{"from":"2026-11-23T09:00:00Z","to":"2026-11-23T17:00:00Z"}</c>.
/// </summary>
public readonly record struct HourWindow
{
    /// <summary>The longest window: 366 days.</summary>
    public const int MaxHours = 366 * 24;

    /// <summary>Reads a stored window; use <see cref="TryCreate"/> for input.</summary>
    /// <exception cref="InvariantException">The window is empty or too long.</exception>
    [JsonConstructor]
    public HourWindow(HourSlot from, HourSlot to)
    {
        InvariantException.Require(to > from && to - from <= MaxHours, $"A window from {from} to {to} was made.");
        (From, To) = (from, to);
    }

    /// <summary>The first hour.</summary>
    public HourSlot From { get; }

    /// <summary>The first hour after the window.</summary>
    public HourSlot To { get; }

    /// <summary>The number of hours.</summary>
    [JsonIgnore]
    public int Hours => To - From;

    /// <summary>The first instant.</summary>
    [JsonIgnore]
    public Instant Start => From.Start;

    /// <summary>The first instant after the window.</summary>
    [JsonIgnore]
    public Instant End => To.Start;

    /// <summary>Makes a window. False if it is empty or longer than <see cref="MaxHours"/>.</summary>
    public static bool TryCreate(HourSlot from, HourSlot to, out HourWindow window)
    {
        var valid = to > from && to - from <= MaxHours;
        window = valid ? new HourWindow(from, to) : default;
        return valid;
    }

    /// <summary>A window of some hours.</summary>
    public static HourWindow Starting(HourSlot from, int hours) => new(from, from + hours);

    /// <summary>The hours in order.</summary>
    public IEnumerable<HourSlot> Slots()
    {
        for (var slot = From; slot < To; slot += 1) yield return slot;
    }

    /// <summary>Whether an hour is in the window.</summary>
    public bool Contains(HourSlot slot) => slot >= From && slot < To;

    /// <summary>Whether all of another window is in this one.</summary>
    public bool Contains(HourWindow other) => other.From >= From && other.To <= To;

    /// <summary>Whether the two share an hour.</summary>
    public bool Overlaps(HourWindow other) => From < other.To && other.From < To;

    /// <summary>Such as <c>2026-11-23T09:00:00Z/2026-11-23T17:00:00Z</c>.</summary>
    public override string ToString() => $"{From}/{To}";
}
