using System.Diagnostics;
using Marketplace.Benchmarks.Measure;
using Marketplace.Benchmarks.Trading;

foreach (var rule in new[] { PriceRule.X50, PriceRule.Zi })
{
    var w = ReferenceWorkload.Create(rule);
    Console.WriteLine($"{rule} messages {w.Messages.Count} crossing {w.CrossingCount} resting at end {w.RestingAtEnd}");
    var c = new TreeContestant(w);
    for (var i = 0; i < 14; i++)
    {
        c.Prepare(); GC.Collect(); GC.WaitForPendingFinalizers(); GC.Collect();
        int a = GC.CollectionCount(0), b = GC.CollectionCount(1), d = GC.CollectionCount(2);
        var p = GC.GetTotalPauseDuration();
        var t = Stopwatch.GetTimestamp(); c.Run(); var e = Stopwatch.GetElapsedTime(t).TotalSeconds;
        Console.WriteLine($"{w.Messages.Count / 1e6 / e:0.00} gc {GC.CollectionCount(0) - a} {GC.CollectionCount(1) - b} {GC.CollectionCount(2) - d} pause {(GC.GetTotalPauseDuration() - p).TotalMilliseconds:0} of {e*1000:0} ms");
    }
}
