using System.Globalization;
using System.Text;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Finance.Focus;

/// <summary>A dataset as CSV: RFC 4180, UTF-8, a header row; times in RFC 3339 UTC, null as an empty cell.</summary>
public static class FocusCsv
{
    /// <summary>Writes a table.</summary>
    public static void Write(FocusTable table, Stream target)
    {
        using var writer = new StreamWriter(target, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n" };
        writer.WriteLine(string.Join(',', table.Columns.Select(c => c.Name)));
        foreach (var row in table.Rows) writer.WriteLine(string.Join(',', row.Select(Cell)));
    }

    private static string Cell(object? value) => value switch
    {
        null => "",
        string text => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text,
        Instant time => InstantPattern.ExtendedIso.Format(time),
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        _ => throw new InvariantException($"A cell holds a {value.GetType().Name}."),
    };
}
