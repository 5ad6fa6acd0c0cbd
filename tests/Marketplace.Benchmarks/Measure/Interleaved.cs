namespace Marketplace.Benchmarks.Measure;

/// <summary>Somebody who does the same work as others, so that the times can be compared.</summary>
internal interface IContestant
{
    /// <summary>How it is called in reports.</summary>
    string Name { get; }

    /// <summary>Sets up one run. Not timed.</summary>
    void Prepare();

    /// <summary>Does the work once. The result tells whether it was the same work.</summary>
    ulong Run();
}

/// <summary>What a contestant did.</summary>
/// <param name="Name">Who.</param>
/// <param name="Result">What its runs gave.</param>
/// <param name="Seconds">Processor time of one run.</param>
internal sealed record Contest(string Name, ulong Result, Spread Seconds);

/// <summary>
/// Runs contestants in turn in one process, so that whatever else the machine does meets all of them. Each round begins with another
/// one; before each run the garbage of the runs before is collected. The clock is the processor time of the process, which on a quiet
/// machine is the time on the wall, for a run is one thread and the collector works in it; on a busy machine it does not count the
/// turns of others.
/// </summary>
internal static class Interleaved
{
    public const int WarmUps = 2;
    public const int Rounds = 7;

    public static IReadOnlyList<Contest> Run(IReadOnlyList<IContestant> contestants, int warmUps = WarmUps, int rounds = Rounds)
    {
        var seconds = contestants.Select(_ => new List<double>()).ToArray();
        var results = new ulong[contestants.Count];
        for (var round = -warmUps; round < rounds; round++)
        {
            for (var turn = 0; turn < contestants.Count; turn++)
            {
                var index = (turn + round + warmUps) % contestants.Count;
                var (result, elapsed) = Time(contestants[index]);
                if (round > -warmUps && result != results[index]) throw new InvalidOperationException($"{contestants[index].Name} gave another result than before.");
                results[index] = result;
                if (round >= 0) seconds[index].Add(elapsed);
            }
        }

        return [.. contestants.Select((contestant, i) => new Contest(contestant.Name, results[i], Spread.Of(seconds[i])))];
    }

    private static (ulong Result, double Seconds) Time(IContestant contestant)
    {
        contestant.Prepare();
        GC.Collect();
        var before = Environment.CpuUsage.TotalTime;
        var result = contestant.Run();
        return (result, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }
}
