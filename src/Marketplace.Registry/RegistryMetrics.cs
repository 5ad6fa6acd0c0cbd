using System.Diagnostics.Metrics;
using Marketplace.Contracts;

namespace Marketplace.Registry;

/// <summary>How proofs of machines end, as a metric: what an alert about listings without proof looks at.</summary>
internal static class RegistryMetrics
{
    private static readonly Meter Meter = new("Marketplace.Registry");

    private static readonly Counter<long> Verifications =
        Meter.CreateCounter<long>("marketplace.verifications", "{verification}", "Verifications that ended, by purpose and outcome.");

    /// <summary>A verification ended.</summary>
    public static void Record(VerificationCompleted verdict) => Verifications.Add(
        1,
        new KeyValuePair<string, object?>("marketplace.purpose", verdict.Purpose.ToString()),
        new KeyValuePair<string, object?>("marketplace.outcome", verdict.Passed ? "Passed" : verdict.Failure?.ToString() ?? "Failed"));
}
