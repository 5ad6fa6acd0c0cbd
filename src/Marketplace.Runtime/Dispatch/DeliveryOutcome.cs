using NodaTime;

namespace Marketplace.Runtime.Dispatch;

/// <summary>What becomes of a message after one delivery.</summary>
public abstract record DeliveryOutcome
{
    private DeliveryOutcome() { }

    /// <summary>It had its effect; its outbox row may go.</summary>
    public sealed record Completed : DeliveryOutcome
    {
        /// <summary>The one value.</summary>
        public static Completed Instance { get; } = new();
    }

    /// <summary>It failed and is to be delivered again.</summary>
    /// <param name="Delay">Not earlier than this from now.</param>
    /// <param name="Fault">Why it failed.</param>
    public sealed record RetryAfter(Duration Delay, Exception Fault) : DeliveryOutcome;

    /// <summary>It is set aside for an operator.</summary>
    /// <param name="Reason">Why, for people.</param>
    /// <param name="StopSession">Whether later messages of its session wait until it is resubmitted.</param>
    /// <param name="Fault">The last exception; null where there was none.</param>
    public sealed record DeadLetter(string Reason, bool StopSession, Exception? Fault) : DeliveryOutcome;
}
