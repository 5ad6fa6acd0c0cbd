using System.Text.Json.Nodes;

namespace Marketplace.Benchmarks.Measure;

/// <summary>Figures as they go into the JSON file: no more digits than were measured.</summary>
internal static class Figures
{
    /// <summary>Rounded to four significant digits.</summary>
    public static double Rounded(double value)
    {
        if (value == 0 || !double.IsFinite(value)) return value;
        var scale = Math.Pow(10, 3 - Math.Floor(Math.Log10(Math.Abs(value))));
        return Math.Round(value * scale) / scale;
    }

    /// <summary>Adds a median under its name, and the least and the most of it behind it.</summary>
    public static void Add(this JsonObject figures, string name, Spread spread)
    {
        figures[name] = Rounded(spread.Median);
        figures[name + "Range"] = new JsonArray(Rounded(spread.Least), Rounded(spread.Most));
    }
}
