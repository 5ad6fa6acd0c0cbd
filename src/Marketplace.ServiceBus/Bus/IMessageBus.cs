namespace Marketplace.ServiceBus.Bus;

/// <summary>
/// The bus: queues with sessions. It delivers what it accepted at least once, what is not delayed in the order of each session, and a session
/// to one receiver at a time as long as that receiver's lock lasts.
/// </summary>
public interface IMessageBus
{
    /// <summary>
    /// Sends messages; those of a queue and session in their order. When it returns, the bus keeps them all. When it throws, it may keep some.
    /// </summary>
    Task SendAsync(IReadOnlyList<BusMessage> messages, CancellationToken cancellationToken);
}

/// <summary>What becomes of one delivery on the bus. An exception, such as of a lost lock, means that it is delivered again.</summary>
public interface ISettlement
{
    /// <summary>It is done with.</summary>
    Task CompleteAsync(CancellationToken cancellationToken);

    /// <summary>It is delivered again at once, before all that follows it in its session.</summary>
    Task AbandonAsync(CancellationToken cancellationToken);

    /// <summary>It goes to the queue's dead-letter queue.</summary>
    /// <param name="reason">Why, for people; at most 4,096 characters.</param>
    /// <param name="description">The id of the message that is a dead letter now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task DeadLetterAsync(string reason, string description, CancellationToken cancellationToken);
}

/// <summary>A message as the bus delivers it.</summary>
/// <param name="Message">The message.</param>
/// <param name="Count">How often it was delivered, with this time.</param>
/// <param name="Settlement">Ends the delivery.</param>
public sealed record BusDelivery(BusMessage Message, int Count, ISettlement Settlement);

/// <summary>A message of a dead-letter queue.</summary>
/// <param name="Message">The message.</param>
/// <param name="Reason">Why it is there.</param>
/// <param name="Description">The id of the message that is a dead letter, where the receiver put it there; otherwise the bus's own text.</param>
/// <param name="Settlement">Ends the delivery: completed, it is gone; abandoned, it stays.</param>
public sealed record DeadDelivery(BusMessage Message, string? Reason, string? Description, ISettlement Settlement);

/// <summary>The bus's dead-letter queues.</summary>
public interface IDeadLetterQueues
{
    /// <summary>Takes what a dead-letter queue holds, at most some. Each has to be settled.</summary>
    Task<IReadOnlyList<DeadDelivery>> TakeAsync(string queue, int most, CancellationToken cancellationToken);
}
