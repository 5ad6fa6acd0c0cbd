using NodaTime;

namespace Marketplace.Leasing;

/// <summary>What a host may set.</summary>
public sealed class LeasingOptions
{
    /// <summary>
    /// The part of the listing's proven figures that a machine must claim, and prove, at the start of a lease; above 0, at most 1. Below 1,
    /// because the figures of one machine differ from run to run.
    /// </summary>
    public double ReadinessFraction { get; set; } = 0.8;

    /// <summary>How long after the start of its window a lease waits for the proof.</summary>
    public Duration TimeToProve { get; set; } = Duration.FromMinutes(15);

    /// <summary>How much later the wait ends, so that a proof that was complete in time is heard of first.</summary>
    public Duration ReadinessGrace { get; set; } = Duration.FromMinutes(1);
}
