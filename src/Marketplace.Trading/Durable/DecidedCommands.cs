using Marketplace.Trading.Book;
using NodaTime;

namespace Marketplace.Trading.Durable;

/// <summary>A command and the message that brought it.</summary>
internal readonly record struct SentCommand(MessageId Id, BookCommand Command);

/// <summary>What the first of some commands brought about in a book, as one batch.</summary>
/// <param name="Batch">The events; none if they changed nothing.</param>
/// <param name="Unfinished">What is to go on where the last of them had to stop; null if it did not.</param>
/// <param name="Count">How many commands.</param>
internal sealed record DecidedCommands(BookBatch Batch, TryBids? Unfinished, int Count)
{
    /// <summary>
    /// After so many events no further command joins the batch. A command brings up to about four thousand, and an event takes
    /// up to 200 bytes: with those before it that is far below what a commit holds.
    /// </summary>
    private const int MostEventsBeforeACommand = 4_000;

    /// <summary>Decides and folds commands at one instant, as many as go into one commit.</summary>
    public static DecidedCommands Of(OrderBook book, IReadOnlyList<SentCommand> commands, Instant now)
    {
        var first = book.Apply(commands[0].Command, now);
        if (commands.Count == 1) return new DecidedCommands(first, book.Unfinished, 1);

        var events = new List<BookEvent>(first.Events);
        var count = 1;
        while (count < commands.Count && book.Unfinished is null && events.Count < MostEventsBeforeACommand)
        {
            events.AddRange(book.Apply(commands[count++].Command, now).Events);
        }

        return new DecidedCommands(first with { Events = events }, book.Unfinished, count);
    }
}
