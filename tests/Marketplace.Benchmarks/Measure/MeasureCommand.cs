using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Marketplace.Benchmarks.Measure;

/// <summary>A command that runs measurements one after the other, prints what they find and writes it to a JSON file.</summary>
internal static class MeasureCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="name">The command.</param>
    /// <param name="description">What it measures.</param>
    /// <param name="measurements">Its parts.</param>
    /// <param name="summarise">Adds figures over all parts.</param>
    /// <param name="options">Options of the parts, and what takes them in before they run; null for none.</param>
    public static Command Create(
        string name,
        string description,
        IReadOnlyList<IMeasurement> measurements,
        Action<JsonObject>? summarise = null,
        (IReadOnlyList<Option> All, Action<ParseResult> Read)? options = null)
    {
        var json = new Option<FileInfo?>("--json") { Description = "Where to write the results." };
        var only = new Option<string[]>("--only")
        {
            Description = "Only these parts: " + string.Join(", ", measurements.Select(m => m.Name)) + ".",
            AllowMultipleArgumentsPerToken = true,
        };
        only.AcceptOnlyFromAmong([.. measurements.Select(m => m.Name)]);
        var command = new Command(name, description) { json, only };
        foreach (var option in options?.All ?? []) command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            options?.Read(parsed);
            var wanted = parsed.GetValue(only) is { Length: > 0 } names ? measurements.Where(m => names.Contains(m.Name)) : measurements;
            var results = await RunAsync(wanted, cancellationToken);
            summarise?.Invoke(results);
            if (parsed.GetValue(json) is { } file) await File.WriteAllTextAsync(file.FullName, results.ToJsonString(Indented) + "\n", cancellationToken);
        });
        return command;
    }

    private static async Task<JsonObject> RunAsync(IEnumerable<IMeasurement> measurements, CancellationToken cancellationToken)
    {
        var results = new JsonObject
        {
            ["measuredAt"] = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["runtime"] = RuntimeInformation.FrameworkDescription,
            ["cores"] = Environment.ProcessorCount,
        };
        foreach (var measurement in measurements)
        {
            Console.WriteLine($"{measurement.Name}: {measurement.Question}");
            var began = Stopwatch.GetTimestamp();
            var result = await measurement.RunAsync(cancellationToken);
            Print(result, "  ");
            Console.WriteLine($"  ({Stopwatch.GetElapsedTime(began).TotalSeconds:0} s)");
            results[measurement.Name] = result;
        }

        return results;
    }

    private static void Print(JsonObject figures, string indent)
    {
        foreach (var (name, value) in figures)
        {
            if (value is JsonObject inner)
            {
                Console.WriteLine($"{indent}{name}");
                Print(inner, indent + "  ");
            }
            else
            {
                Console.WriteLine($"{indent}{name,-32} {Text(value)}");
            }
        }
    }

    private static string Text(JsonNode? value) => value switch
    {
        JsonArray list => string.Join(" to ", list.Select(Text)),
        JsonValue figure when figure.TryGetValue(out double number) => number.ToString("#,##0.###", CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };
}
