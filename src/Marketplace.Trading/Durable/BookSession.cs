using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Trading.Book;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Trading.Durable;

/// <summary>How messages of one type read as commands to a book.</summary>
/// <param name="Contract">The message's type.</param>
/// <param name="Read">The book and the command.</param>
internal sealed record BookMessage(Type Contract, Func<object, (BookKey Book, BookCommand Command)> Read);

/// <summary>Takes what a book's session holds: all of it is one batch for the writer.</summary>
internal sealed class BookSession(BookWriter writer, IEnumerable<BookMessage> messages) : ISessionBatchHandler
{
    private readonly Dictionary<Type, BookMessage> messages = messages.ToDictionary(message => message.Contract);

    public Task HandleAsync(IReadOnlyList<DeliveredMessage> batch, CancellationToken cancellationToken)
    {
        var commands = batch.Select(message => new SentCommand(message.Context.Id, Read(message).Command));
        return writer.ApplyAsync(Read(batch[0]).Book, [.. commands], cancellationToken);
    }

    private (BookKey Book, BookCommand Command) Read(DeliveredMessage message) => messages[message.Contract.GetType()].Read(message.Contract);
}

/// <summary>Registration of what a book is told.</summary>
internal static class BookSessionRegistration
{
    /// <summary>
    /// Has messages of a type come to their book as commands. In a book order matters, so that it stands still, unless said
    /// otherwise, rather than going on without one of them.
    /// </summary>
    public static IServiceCollection AddBookMessage<TMessage>(
        this IServiceCollection services,
        Func<TMessage, BookKey> book,
        Func<TMessage, BookCommand> command,
        OnDeadLetter onDeadLetter = OnDeadLetter.StopSession)
        where TMessage : IMessage => services
            .AddSingleton(new BookMessage(typeof(TMessage), message => (book((TMessage)message), command((TMessage)message))))
            .AddBatchedMessage<TMessage, BookSession>(Queues.Market, message => book(message).ToString(), onDeadLetter);
}
