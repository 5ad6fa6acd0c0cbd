namespace Marketplace.Metering;

/// <summary>Reads the times of a reading.</summary>
internal static class ReadingText
{
    public const string Serving = "serving";
    public const string Down = "down";

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
        if (text.Length != 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z') return false;
        var (year, month, day) = (Number(text, 0, 4), Number(text, 5, 2), Number(text, 8, 2));
        var (hour, minute, second) = (Number(text, 11, 2), Number(text, 14, 2), Number(text, 17, 2));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59) return false;
        var days = new DateOnly(year, month, day).DayNumber - UnixEpochDay;
        unixSecond = (((days * 24L) + hour) * 3600) + (minute * 60) + second;
        return true;
    }

    /// <summary>A number of some digits, or -1 if they are none.</summary>
    private static int Number(string text, int start, int length)
    {
        var number = 0;
        for (var i = start; i < start + length; i++)
        {
            if (!char.IsAsciiDigit(text[i])) return -1;
            number = (number * 10) + (text[i] - '0');
        }

        return number;
    }
}
