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

/// <summary>Takes messages whose commit succeeded. Never throws: what it drops is found by the sweep.</summary>
public interface IMessagePublisher
{
    /// <summary>Sends messages of one commit, in order.</summary>
    void Publish(IReadOnlyList<OutboxMessage> messages);
}
