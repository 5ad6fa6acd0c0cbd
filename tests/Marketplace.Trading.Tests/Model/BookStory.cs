using System.Text;
using Marketplace.Trading.Book;
using Marketplace.Trading.Tests.Book;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Model;

/// <summary>Takes the steps of a random life.</summary>
internal static class BookStory
{
    private const int Often = 3;

    /// <summary>Plays a life to engine and model, which must agree after every step.</summary>
    /// <param name="steps">The life.</param>
    /// <param name="often">What is done to the books in between, which should change nothing.</param>
    public static BothBooks Play(TimedStep[] steps, Action<BothBooks>? often = null)
    {
        var books = new BothBooks();
        var taken = 0;
        foreach (var _ in Commands(steps, books.Model, books.Apply))
        {
            if (++taken % Often == 0) often?.Invoke(books);
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

    /// <summary>Takes steps out of a life as long as a check fails without them.</summary>
    public static TimedStep[] Shrink(TimedStep[] steps, Action<TimedStep[]> check)
    {
        for (var i = steps.Length - 1; i >= 0; i--)
        {
            TimedStep[] fewer = [.. steps[..i], .. steps[(i + 1)..]];
            if (!Fails(fewer, check)) continue;
            steps = fewer;
            i = steps.Length;
        }

        return steps;
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

    private static bool Fails(TimedStep[] steps, Action<TimedStep[]> check)
    {
        try
        {
            check(steps);
            return false;
        }
        catch (Exception)
        {
            return true;
        }
    }
}
