using System.Text;
using Marketplace.Trading.Book;
using Marketplace.Trading.Tests.Book;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Model;

/// <summary>Takes the steps of a random life.</summary>
internal static class BookStory
{
    /// <summary>Plays a life to engine and model, which must agree after every step.</summary>
    public static BothBooks Play(TimedStep[] steps, int? reloadEvery = null)
    {
        var books = new BothBooks();
        var taken = 0;
        foreach (var _ in Commands(steps, books.Model, books.Apply))
        {
            if (++taken % reloadEvery == 0) books.Reload();
        }

        return books;
    }

    /// <summary>Turns steps into commands one by one, each after the one before was done.</summary>
    public static IEnumerable<(BookCommand Command, List<string> Told)> Commands(
        TimedStep[] steps, SlowMarket model, Func<BookCommand, Instant, List<string>> apply)
    {
        var now = Monday;
        var past = new List<BookCommand>();
        foreach (var (number, (minutes, step)) in steps.Index())
        {
            now += Duration.FromMinutes(minutes);
            if (step.At(new BookMoment(number, now, model, past)) is not { } command) continue;
            past.Add(command);
            yield return (command, apply(command, now));
        }
    }

    /// <summary>A life as the model tells it, up to where the engine differs: for the message of a test that fails.</summary>
    public static string Tell(TimedStep[] steps)
    {
        var story = new StringBuilder();
        var books = new BothBooks();
        var now = Monday;
        try
        {
            foreach (var _ in Commands(steps, books.Model, Apply)) continue;
        }
        catch (Exception e)
        {
            story.AppendLine(e.Message);
        }

        return story.ToString();

        List<string> Apply(BookCommand command, Instant at)
        {
            story.AppendLine().AppendLine($"{at - Monday} {command}");
            var told = books.Apply(command, at);
            foreach (var line in told) story.AppendLine($"    {line}");
            return told;
        }
    }
}
