namespace Marketplace.Runtime.Dispatch;

/// <summary>How the in-process dispatcher works. The durations are of real time, not of the market's clock.</summary>
public sealed class DispatcherOptions
{
    /// <summary>Sessions handled at the same time, 1 or more.</summary>
    public int ParallelSessions { get; set; } = 8;

    /// <summary>How often due messages are looked for.</summary>
    public TimeSpan ExamineEvery { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often the outboxes are swept for messages that were committed and never published.</summary>
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromSeconds(15);
}
