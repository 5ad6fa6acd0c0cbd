using System.CommandLine;

namespace Marketplace.Benchmarks.Cloud;

/// <summary><c>capacity</c>: what loads take in the cloud, and what ends first.</summary>
internal static class CapacityCommand
{
    /// <summary>Between these lines of a page stand the tables.</summary>
    public const string Begin = "<!-- capacity: dotnet run --project tests/Marketplace.Benchmarks -- capacity --write infra/README.md -->";

    /// <inheritdoc cref="Begin"/>
    public const string End = "<!-- /capacity -->";

    public static Command Create()
    {
        var write = new Option<FileInfo?>("--write") { Description = "A page whose tables are replaced." };
        var command = new Command("capacity", "Says what 10^3, 10^6 and 10^9 bids a month take in the cloud, and what ends first.") { write };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var tables = CapacityTables.Of(await CountedStory.PlayAsync());
            Console.Write(tables);
            if (parsed.GetValue(write) is { } page)
            {
                await File.WriteAllTextAsync(page.FullName, Replace(await File.ReadAllTextAsync(page.FullName, cancellationToken), tables), cancellationToken);
            }
        });
        return command;
    }

    /// <summary>A page with its tables replaced.</summary>
    /// <exception cref="InvalidOperationException">It has no place for them.</exception>
    public static string Replace(string page, string tables)
    {
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new InvalidOperationException("The page has no place for the tables.");
        return page[..(begin + Begin.Length)] + "\n" + tables + page[end..];
    }
}
