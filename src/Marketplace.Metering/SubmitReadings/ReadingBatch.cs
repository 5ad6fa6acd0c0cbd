using System.Text.Json.Serialization;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Metering;

/// <summary>A reading as it was sent and what became of it.</summary>
/// <param name="Reading">As signed.</param>
/// <param name="Outcome">What became of it.</param>
public sealed record JudgedReading(SignedReading Reading, ReadingOutcome Outcome);

/// <summary>A batch as it is kept: all that was signed, so that the signature can be checked again at any time.</summary>
/// <param name="Number">Its place among the lease's batches, from 1.</param>
/// <param name="Hash">Its hash, which the next batch names.</param>
/// <param name="PreviousBatchHash">The hash of the batch before it.</param>
/// <param name="MachineKeyId">Whose key signed it.</param>
/// <param name="Signature">The signature.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Readings">Its readings in the order sent.</param>
public sealed record ReadingBatch(
    long Number,
    string Hash,
    string PreviousBatchHash,
    EnrolmentId MachineKeyId,
    string Signature,
    Instant ReceivedAt,
    [property: JsonConverter(typeof(CompactReadings))] IReadOnlyList<JudgedReading> Readings)
{
    internal IEnumerable<Reading> AcceptedReadings() =>
        Readings.Where(r => r.Outcome.Counts()).Select(r => ReadingText.Parse(r.Reading));

    /// <summary>The bytes that were signed, or null if what is kept can't have been.</summary>
    internal byte[]? SignedBytes(LeaseId lease) =>
        ReadingBatchFormat.IsHash(PreviousBatchHash)
        && Readings.All(r => ReadingBatchFormat.IsText(r.Reading.From) && ReadingBatchFormat.IsText(r.Reading.To) && ReadingBatchFormat.IsText(r.Reading.State))
            ? ReadingBatchFormat.ToBytes(lease, MachineKeyId, PreviousBatchHash, [.. Readings.Select(r => r.Reading)])
            : null;
}

/// <summary>Reads the times of a reading.</summary>
internal static class ReadingText
{
    public const string Serving = "serving";
    public const string Down = "down";

    /// <summary>Where the digits and the signs of a time are.</summary>
    private const string Form = "0000-00-00T00:00:00Z";

    private static readonly int UnixEpochDay = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>Reads both times, as Unix seconds.</summary>
    public static bool TryParseTimes(SignedReading reading, out long from, out long to)
    {
        to = 0;
        return TryParse(reading.From, out from) && TryParse(reading.To, out to);
    }

    public static Reading Parse(SignedReading reading)
    {
        InvariantException.Require(TryParseTimes(reading, out var from, out var to), $"Accepted reading {reading} has no times.");
        return new Reading(reading.Sequence, from, to, reading.GpuSeconds);
    }

    /// <summary>
    /// Reads a whole UTC second such as <c>2026-11-23T09:00:00Z</c>, in that form only. By hand, for a million readings have two
    /// million times.
    /// </summary>
    internal static bool TryParse(string text, out long unixSecond)
    {
        unixSecond = 0;
        if (text.Length != Form.Length) return false;
        for (var i = 0; i < Form.Length; i++)
        {
            if (Form[i] == '0' ? !char.IsAsciiDigit(text[i]) : text[i] != Form[i]) return false;
        }

        var (year, month, day) = (Number(text, 0, 4), Number(text, 5, 2), Number(text, 8, 2));
        var (hour, minute, second) = (Number(text, 11, 2), Number(text, 14, 2), Number(text, 17, 2));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if (hour > 23 || minute > 59 || second > 59) return false;
        var days = new DateOnly(year, month, day).DayNumber - UnixEpochDay;
        unixSecond = (((days * 24L) + hour) * 3600) + (minute * 60) + second;
        return true;
    }

    private static int Number(string text, int start, int length)
    {
        var number = 0;
        for (var i = start; i < start + length; i++) number = (number * 10) + (text[i] - '0');
        return number;
    }
}
