using System.Globalization;

namespace Marketplace.Kernel;

/// <summary>Fixed-point numbers as decimal text, exactly and without floating point.</summary>
public static class DecimalText
{
    /// <summary>
    /// Reads text such as <c>-12.34</c> as a count of 10^-<paramref name="decimals"/>. False for anything else than an optional
    /// minus, digits and one point with at most <paramref name="decimals"/> digits behind it, and for values beyond a long.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, int decimals, out long scaled)
    {
        scaled = 0;
        var negative = text is ['-', ..];
        if (negative) text = text[1..];
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? [] : text[(point + 1)..];
        if (whole.IsEmpty || whole.Length > 19 || (point >= 0 && fraction.IsEmpty) || fraction.Length > decimals) return false;
        if (whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9')) return false;

        Int128 value = 0;
        foreach (var digit in whole) value = value * 10 + (digit - '0');
        foreach (var digit in fraction) value = value * 10 + (digit - '0');
        for (var i = fraction.Length; i < decimals; i++) value *= 10;
        if (negative) value = -value;
        if (value < long.MinValue || value > long.MaxValue) return false;
        scaled = (long)value;
        return true;
    }

    /// <summary>Writes a count of 10^-<paramref name="decimals"/> with at least <paramref name="shownDecimals"/> decimals.</summary>
    public static string Format(Int128 scaled, int decimals, int shownDecimals)
    {
        var digits = Int128.Abs(scaled).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        var whole = digits[..^decimals];
        var fraction = digits[^decimals..].TrimEnd('0').PadRight(shownDecimals, '0');
        var sign = scaled < 0 ? "-" : "";
        return fraction.Length == 0 ? sign + whole : $"{sign}{whole}.{fraction}";
    }
}
