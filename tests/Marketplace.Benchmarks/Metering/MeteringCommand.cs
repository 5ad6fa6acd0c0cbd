using System.CommandLine;
using Marketplace.Benchmarks.Measure;

namespace Marketplace.Benchmarks.Metering;

/// <summary><c>metering</c>: how fast readings become durable, and how fast a month of them is rated and reconciled.</summary>
internal static class MeteringCommand
{
    public static Command Create() => MeasureCommand.Create(
        "metering",
        "Measures readings: how fast they become durable, are rated and are reconciled.",
        [
            new SqliteReadings(),
            new AzuriteReadings(),
            new ReconcileReadings(),
        ]);
}
