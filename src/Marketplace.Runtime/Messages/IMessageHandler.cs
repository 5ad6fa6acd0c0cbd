using Marketplace.Contracts;

namespace Marketplace.Runtime.Messages;

/// <summary>
/// Handles one type of message: loads, decides, and makes at most one commit under the message's id, so that a repeated delivery
/// changes nothing. What must happen elsewhere goes out as messages of that commit.
/// </summary>
public interface IMessageHandler<in TMessage>
    where TMessage : IMessage
{
    /// <summary>Handles a delivery. An exception means: try again later.</summary>
    Task HandleAsync(TMessage message, MessageContext context, CancellationToken cancellationToken);
}

/// <summary>
/// Handles what a session holds together: several messages, of one type or several, that bring about one commit. For a session
/// so busy that a commit per message would be its limit.
/// </summary>
public interface ISessionBatchHandler
{
    /// <summary>
    /// Handles all of a batch, each message under its id. An exception means that the batch is not done: each message is then
    /// delivered in a batch of its own, so that only the one at fault is tried again or set aside.
    /// </summary>
    /// <param name="batch">1 to <see cref="MessageRoute.MaxBatch"/> messages of one session, in its order.</param>
    /// <param name="cancellationToken">Ends the delivery without an outcome.</param>
    Task HandleAsync(IReadOnlyList<DeliveredMessage> batch, CancellationToken cancellationToken);
}

/// <summary>Takes messages whose commit succeeded. Never throws: what it drops is found by the sweep.</summary>
public interface IMessagePublisher
{
    /// <summary>
    /// Sends messages of one commit, in order. It cannot be cancelled, for they are committed, and gives up by itself after seconds.
    /// </summary>
    ValueTask PublishAsync(IReadOnlyList<OutboxMessage> messages);
}
