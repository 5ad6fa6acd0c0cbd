using Marketplace.Trading.Book;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Book;

/// <summary>A book to try an example on: engine and model must agree, and tell what the example says.</summary>
public abstract class BookExamples
{
    private static readonly string[] Echoes = ["open listing", "close listing", "enter bid"];

    internal BothBooks Books { get; } = new();

    /// <summary>What the last of some commands brought about on Monday at 08:00, but for the words that only repeat the command.</summary>
    internal List<string> Apply(params BookCommand[] commands) => ApplyAt(Monday, commands);

    internal List<string> ApplyAt(Instant at, params BookCommand[] commands)
    {
        List<string> told = [];
        foreach (var command in commands) told = Books.Apply(command, at);
        told.RemoveAll(line => Array.Exists(Echoes, echo => line.StartsWith(echo, StringComparison.Ordinal)));
        return told;
    }
}
