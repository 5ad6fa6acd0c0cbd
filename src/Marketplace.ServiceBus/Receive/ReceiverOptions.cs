namespace Marketplace.ServiceBus.Receive;

/// <summary>How the receiver waits.</summary>
public sealed class ReceiverOptions
{
    /// <summary>
    /// The longest pause before a delivery is given back that could not even be recorded as failed, such as while the tables are down. Well
    /// below the lock's duration of a minute.
    /// </summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How much an instance's clock may be behind the bus's: a message that comes before its due time is held that long.</summary>
    public TimeSpan ClockTolerance { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many rounds of parked messages one delivery goes on with, before it wakes the session anew.</summary>
    public int RoundsPerDelivery { get; set; } = 4;
}
