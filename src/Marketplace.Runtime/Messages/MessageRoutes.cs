using System.Text.Json;
using Marketplace.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Runtime.Messages;

/// <summary>What happens to a session when one of its messages is dead-lettered after its last try.</summary>
public enum OnDeadLetter
{
    /// <summary>The next message is handled: later messages do not depend on this one.</summary>
    GoOn,

    /// <summary>The session waits until an operator resubmits the message: order matters.</summary>
    StopSession,
}

/// <summary>Who handles a type of message, and in which queue and session.</summary>
/// <param name="Type">The stable type name.</param>
/// <param name="Queue">The queue.</param>
/// <param name="Contract">The contract's type.</param>
/// <param name="SessionKey">The session of a message.</param>
/// <param name="OnDeadLetter">What becomes of the session.</param>
/// <param name="BatchHandler">Who takes it together with its neighbours in the session; null where messages come one at a time.</param>
/// <param name="Invoke">Handles a delivery: one message, or a batch of this route's <paramref name="BatchHandler"/>.</param>
public sealed record MessageRoute(
    string Type,
    string Queue,
    Type Contract,
    Func<object, string> SessionKey,
    OnDeadLetter OnDeadLetter,
    Type? BatchHandler,
    Func<IServiceProvider, IReadOnlyList<DeliveredMessage>, CancellationToken, Task> Invoke)
{
    /// <summary>The most messages of a batch: their receipts, with what they change and send, have to fit one commit.</summary>
    public const int MaxBatch = 64;

    /// <summary>Reads the contract of a stored message.</summary>
    /// <exception cref="JsonException">The body is no such contract.</exception>
    public object Read(Message message) =>
        message.Body.Deserialize(Contract, MarketplaceJson.Options) ?? throw new JsonException($"A null {Type} was stored.");
}

/// <summary>All routes of a composition.</summary>
public sealed class MessageRoutes
{
    private readonly ILookup<Type, MessageRoute> byContract;
    private readonly Dictionary<(string Queue, string Type), MessageRoute> byQueueAndType;

    /// <summary>Takes the routes that modules registered.</summary>
    /// <exception cref="ArgumentException">Two handlers share a queue and a type.</exception>
    public MessageRoutes(IEnumerable<MessageRoute> routes)
    {
        All = [.. routes];
        byContract = All.ToLookup(r => r.Contract);
        byQueueAndType = All.ToDictionary(r => (r.Queue, r.Type));
    }

    /// <summary>Every route.</summary>
    public IReadOnlyList<MessageRoute> All { get; }

    /// <summary>Who handles a contract; none for an event that nobody needs.</summary>
    public IEnumerable<MessageRoute> Of(Type contract) => byContract[contract];

    /// <summary>The route of a stored message, or null if no handler is registered any more.</summary>
    public MessageRoute? Find(Message message) => byQueueAndType.GetValueOrDefault((message.Queue, message.Type));
}

/// <summary>Registration of handlers.</summary>
public static class MessageRouteRegistration
{
    /// <summary>Has a handler take a type of message in a queue, one at a time and in order within each session.</summary>
    public static IServiceCollection AddMessageHandler<TMessage, THandler>(
        this IServiceCollection services, string queue, Func<TMessage, string> sessionKey, OnDeadLetter onDeadLetter = OnDeadLetter.GoOn)
        where TMessage : IMessage
        where THandler : class, IMessageHandler<TMessage> =>
        services.AddRoute<TMessage, THandler>(
            queue,
            sessionKey,
            onDeadLetter,
            batchHandler: null,
            (handler, delivery, cancellationToken) => handler.HandleAsync((TMessage)delivery[0].Contract, delivery[0].Context, cancellationToken));

    /// <summary>
    /// Has a handler take a type of message in a queue together with its neighbours in the session: those that follow each other
    /// and are registered for the same handler come as one batch.
    /// </summary>
    public static IServiceCollection AddBatchedMessage<TMessage, THandler>(
        this IServiceCollection services, string queue, Func<TMessage, string> sessionKey, OnDeadLetter onDeadLetter = OnDeadLetter.GoOn)
        where TMessage : IMessage
        where THandler : class, ISessionBatchHandler =>
        services.AddRoute<TMessage, THandler>(
            queue, sessionKey, onDeadLetter, typeof(THandler), (handler, batch, cancellationToken) => handler.HandleAsync(batch, cancellationToken));

    private static IServiceCollection AddRoute<TMessage, THandler>(
        this IServiceCollection services,
        string queue,
        Func<TMessage, string> sessionKey,
        OnDeadLetter onDeadLetter,
        Type? batchHandler,
        Func<THandler, IReadOnlyList<DeliveredMessage>, CancellationToken, Task> handle)
        where TMessage : IMessage
        where THandler : class
    {
        services.AddScoped<THandler>();
        return services.AddSingleton(new MessageRoute(
            TMessage.MessageType,
            queue,
            typeof(TMessage),
            message => sessionKey((TMessage)message),
            onDeadLetter,
            batchHandler,
            (scope, delivery, cancellationToken) => handle(scope.GetRequiredService<THandler>(), delivery, cancellationToken)));
    }
}
