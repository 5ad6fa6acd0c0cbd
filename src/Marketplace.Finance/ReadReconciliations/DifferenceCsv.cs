using System.Text;

namespace Marketplace.Finance;

/// <summary>
/// Differences as CSV: RFC 4180, UTF-8, a header row. Ids come from other systems, so a text that a spreadsheet would run as a
/// formula is led by an apostrophe.
/// </summary>
public static class DifferenceCsv
{
    private static readonly string[] Header =
    [
        "kind", "subject", "expectedStage", "expectedId", "expectedAmount", "expectedCurrency",
        "foundStage", "foundId", "foundAmount", "foundCurrency", "suggestedAction", "differenceId", "resolvedBy", "resolvedAt", "reason", "entryId",
    ];

    /// <summary>Writes differences, a row each.</summary>
    public static string Write(IEnumerable<Difference> differences)
    {
        var csv = new StringBuilder();
        AppendRow(csv, Header);
        foreach (var d in differences)
        {
            AppendRow(csv, [Text(d.Kind.ToString()), Text(d.Subject), .. Side(d.Expected), .. Side(d.Found), Text(d.SuggestedAction), d.DifferenceId, .. Resolved(d.Resolution)]);
        }

        return csv.ToString();
    }

    private static IEnumerable<string> Side(DifferenceSide? side) => side is null
        ? ["", "", "", ""]
        : [Text(side.Stage.ToString()), Text(side.Id), side.Amount.Amount, side.Amount.Currency.Code];

    private static IEnumerable<string> Resolved(Resolution? resolution) => resolution is null
        ? ["", "", "", ""]
        : [Text(resolution.ResolvedBy), resolution.ResolvedAt.ToString(), Text(resolution.Reason), resolution.EntryId?.ToString() ?? ""];

    private static void AppendRow(StringBuilder csv, IEnumerable<string> cells) => csv.AppendJoin(',', cells).Append("\r\n");

    private static string Text(string text)
    {
        var safe = text.Length > 0 && "=+-@\t\r\n".Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
        return safe.AsSpan().ContainsAny(",\"\r\n") ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
