using System.Diagnostics.Metrics;

namespace Marketplace.Finance;

/// <summary>What reconciliation found, as a metric: what an alert looks at.</summary>
internal static class FinanceMetrics
{
    private static readonly Meter Meter = new("Marketplace.Finance");

    private static readonly Counter<long> Differences =
        Meter.CreateCounter<long>("marketplace.reconciliation.differences", "{difference}", "Differences without a resolution, by kind, of every reconciliation that is run.");

    /// <summary>A reconciliation was run.</summary>
    public static void Record(IEnumerable<Difference> differences)
    {
        foreach (var (kind, count) in differences.Where(d => d.Resolution is null).CountBy(d => d.Kind))
        {
            Differences.Add(count, new KeyValuePair<string, object?>("marketplace.difference.kind", kind.ToString()));
        }
    }
}
