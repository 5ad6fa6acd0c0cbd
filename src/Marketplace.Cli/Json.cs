using System.Text.Json;

namespace Marketplace.Cli;

/// <summary>One JSON document on the output, as the API has it, for machines.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Write<T>(TextWriter output, T value) => output.WriteLine(JsonSerializer.Serialize(value, Options));
}
