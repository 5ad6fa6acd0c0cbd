using System.Text.Json.Nodes;

namespace Marketplace.Benchmarks.Measure;

/// <summary>One part of a benchmark command.</summary>
internal interface IMeasurement
{
    /// <summary>Its name on the command line and in the JSON file.</summary>
    string Name { get; }

    /// <summary>What it asks, for the reader of the output.</summary>
    string Question { get; }

    /// <summary>Measures. What it gives goes into the JSON file under its name, with units in the names.</summary>
    Task<JsonObject> RunAsync(CancellationToken cancellationToken);
}
