using System.Globalization;
using Marketplace.Contracts;
using Marketplace.Runtime.Work;

namespace Marketplace.Trading.OperateBook;

/// <summary>Why an operator's command is refused, in order of precedence.</summary>
public enum OperateBookRefusal
{
    /// <summary>The ratio is not above 1, or above <see cref="OperateBook.MaxRatio"/>.</summary>
    RatioOutOfRange,
}

/// <summary>What an operator may do to a book: halt it, let it trade again, and set how far limits may be from the reference price.</summary>
public sealed class OperateBook(Workspace workspace)
{
    /// <summary>The widest band: from a thousandth to a thousand times the reference price.</summary>
    public const decimal MaxRatio = 1_000;

    /// <summary>Halts a book; one that is halted stays so.</summary>
    public Task<Attempt<BookKey, OperateBookRefusal>> HaltAsync(BookKey book, IdempotencyKey key, CancellationToken cancellationToken) =>
        SendAsync(book, new HaltTrading(book), "halt", key, cancellationToken);

    /// <summary>Lets a book trade again; one that trades goes on.</summary>
    public Task<Attempt<BookKey, OperateBookRefusal>> ResumeAsync(BookKey book, IdempotencyKey key, CancellationToken cancellationToken) =>
        SendAsync(book, new ResumeTrading(book), "resume", key, cancellationToken);

    /// <summary>Sets the price band.</summary>
    /// <param name="book">The book.</param>
    /// <param name="ratio">Above 1: from reference / ratio to reference * ratio. Null for no band.</param>
    /// <param name="key">Names the intent.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Attempt<BookKey, OperateBookRefusal>> SetBandAsync(
        BookKey book, decimal? ratio, IdempotencyKey key, CancellationToken cancellationToken)
    {
        if (ratio is <= 1 or > MaxRatio) return Attempt<BookKey, OperateBookRefusal>.Refused(OperateBookRefusal.RatioOutOfRange);
        return await SendAsync(book, new SetBand(book, ratio), string.Create(CultureInfo.InvariantCulture, $"band {ratio}"), key, cancellationToken);
    }

    private Task<Attempt<BookKey, OperateBookRefusal>> SendAsync<TMessage>(
        BookKey book, TMessage message, string request, IdempotencyKey key, CancellationToken cancellationToken)
        where TMessage : IMessage => workspace.AttemptAsync<string, BookKey, OperateBookRefusal>(
            TradingPartitions.Operations(book),
            key,
            request,
            work =>
            {
                work.Send(message);
                return Task.FromResult<Result<BookKey, OperateBookRefusal>>(book);
            },
            cancellationToken);
}
