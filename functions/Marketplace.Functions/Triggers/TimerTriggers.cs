using Marketplace.ServiceBus.DeadQueues;
using Marketplace.ServiceBus.Publish;
using Microsoft.Azure.Functions.Worker;

namespace Marketplace.Functions.Triggers;

/// <summary>
/// What no message does. All that is due at a time (the start, end and expiry of leases, listings, certificates and bids, verifications,
/// monthly runs, payout days) is a message with a due time, which the bus keeps: there is no timer for it.
/// </summary>
public sealed class TimerTriggers(OutboxRelay relay, DeadLetterCollector collector)
{
    /// <summary>Publishes what was committed and never published.</summary>
    [Function("SweepOutboxes")]
    public Task SweepAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => relay.SweepAsync(cancellationToken);

    /// <summary>Keeps the bus's dead-letter queues in step with the store of dead letters.</summary>
    [Function("CollectDeadLetters")]
    public Task CollectAsync([TimerTrigger("30 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => collector.CollectAsync(cancellationToken);
}
