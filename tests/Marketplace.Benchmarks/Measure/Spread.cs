namespace Marketplace.Benchmarks.Measure;

/// <summary>The middle and the ends of what was measured.</summary>
internal readonly record struct Spread(double Median, double Least, double Most)
{
    public static Spread Of(IReadOnlyList<double> measured)
    {
        var sorted = measured.Order().ToList();
        var middle = sorted.Count / 2;
        return new Spread(sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }

    /// <summary>As a rate: so much work in each of the times.</summary>
    public Spread Per(double work) => new(work / Median, work / Most, work / Least);
}
