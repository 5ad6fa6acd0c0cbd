using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;

namespace Marketplace.Trading.OperateBook;

/// <summary>Command: a book takes cancellations only from now on.</summary>
public sealed record HaltTrading(BookKey Book) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.halt-trading.v1";
}

/// <summary>Command: a book trades again.</summary>
public sealed record ResumeTrading(BookKey Book) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.resume-trading.v1";
}

/// <summary>Command: a book has another price band.</summary>
/// <param name="Book">The book.</param>
/// <param name="Ratio">How far from the reference price a limit may be; null for any.</param>
public sealed record SetBand(BookKey Book, decimal? Ratio) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.set-band.v1";
}

/// <summary>Does to a book what its operator wants.</summary>
internal sealed class BookOperationHandler(BookWriter writer) : IMessageHandler<HaltTrading>, IMessageHandler<ResumeTrading>, IMessageHandler<SetBand>
{
    public Task HandleAsync(HaltTrading message, MessageContext context, CancellationToken cancellationToken) =>
        writer.ApplyAsync(message.Book, new HaltBook(), context, cancellationToken);

    public Task HandleAsync(ResumeTrading message, MessageContext context, CancellationToken cancellationToken) =>
        writer.ApplyAsync(message.Book, new ResumeBook(), context, cancellationToken);

    public Task HandleAsync(SetBand message, MessageContext context, CancellationToken cancellationToken) =>
        writer.ApplyAsync(message.Book, new SetPriceBand(message.Ratio), context, cancellationToken);
}
