using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;

namespace Marketplace.Trading.Tests.Durable;

internal static class Delivery
{
    /// <summary>The delivery of a message that a test makes up.</summary>
    public static MessageContext Of(int number) => new(IdOf(number), Given.Monday, 1);

    /// <summary>A command that a message brought.</summary>
    public static SentCommand Command(int number, BookCommand command) => new(IdOf(number), command);

    /// <summary>A batch of one.</summary>
    public static Task ApplyAsync(this BookWriter writer, BookKey key, BookCommand command, MessageContext context, CancellationToken cancellationToken) =>
        writer.ApplyAsync(key, [new SentCommand(context.Id, command)], cancellationToken);

    private static MessageId IdOf(int number) => MessageId.From(Ulid.Create(1, (UInt128)number));
}
