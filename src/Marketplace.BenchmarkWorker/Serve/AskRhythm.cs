namespace Marketplace.BenchmarkWorker.Serve;

/// <summary>
/// When a worker that serves asks again. Slowly at rest, for every question costs the marketplace reads of its tables, and all machines
/// ask; quickly where something is expected: from the start of a lease on, and after a proof, which another one often follows.
/// </summary>
/// <param name="rest">The longest pause at rest, <see cref="Shortest"/> to <see cref="Longest"/>.</param>
/// <param name="time">Its timestamps count, so that a clock which is set does not matter.</param>
/// <param name="random">From 0 to below 1, each time another: machines that were started together must not ask together.</param>
internal sealed class AskRhythm(TimeSpan rest, TimeProvider time, Func<double> random)
{
    /// <summary>The pause where something is expected, and the shortest at rest.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>The longest at rest: half of the minute's notice that a window of re-checks gives, so that the other half is left to prepare.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>How long a proof of readiness is waited for from the start of a lease on. One that comes later is found all the same.</summary>
    private static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan AfterProof = TimeSpan.FromSeconds(10);
    private readonly long began = time.GetTimestamp();
    private TimeSpan quickUntil;
    private TimeSpan? start;

    /// <summary>Something was proven.</summary>
    public void Proved() => quickUntil = Now + AfterProof;

    /// <summary>What is known of the next lease, in place of what was.</summary>
    /// <param name="startsIn">How long it is until it starts; null where none is to come.</param>
    public void Expect(TimeSpan? startsIn)
    {
        PassStart();
        start = Now + startsIn;
    }

    /// <summary>The pause before the next question.</summary>
    public TimeSpan Next()
    {
        PassStart();
        if (Now < quickUntil) return Shortest;
        var pause = rest * (1 - (random() / 4));

        // Not all machines at the full hour at once.
        return start is { } next && next - Now < pause ? next - Now + (Shortest * random()) : pause;
    }

    private TimeSpan Now => time.GetElapsedTime(began);

    private void PassStart()
    {
        if (!(start <= Now)) return;
        if (start + AfterStart > quickUntil) quickUntil = start.Value + AfterStart;
        start = null;
    }
}
