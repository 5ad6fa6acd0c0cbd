using System.Text.RegularExpressions;

namespace Marketplace.Architecture.Tests;

/// <summary>Message types are stored and cross process borders: once out, a name stays.</summary>
public sealed partial class MessageTests
{
    private static readonly string[] Found =
        [.. Sources().SelectMany(source => TypeName().Matches(source.Text)).Select(match => match.Groups["type"].Value).Order(StringComparer.Ordinal)];

    [Fact]
    public void Message_types_are_just_those_of_the_list()
    {
        // A new message: add its line. A line whose message is gone or renamed: stored messages would find no handler any more.
        var listed = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "message-types.txt"));
        Assert.Equal(listed, Found);
    }

    [Fact]
    public void Message_types_are_unique() => Assert.Empty(Found.GroupBy(type => type).Where(group => group.Count() > 1).Select(group => group.Key));

    [Fact]
    public void Message_types_are_module_name_and_version() => Assert.All(Found, type => Assert.Matches(@"^[a-z]+\.[a-z]+(-[a-z]+)*\.v[1-9]$", type));

    [Fact]
    public void Every_message_names_its_type_as_a_constant()
    {
        var messages = Sources().Sum(source => Message().Count(source.Text));
        Assert.Equal(messages, Found.Length);
    }

    private static IEnumerable<(string Name, string Text)> Sources() => Repository.Products.SelectMany(project => project.Sources());

    [GeneratedRegex("""public static string MessageType => "(?<type>[^"]+)";""", RegexOptions.CultureInvariant)]
    private static partial Regex TypeName();

    [GeneratedRegex(@"record \w+\s*(\([^;{]*?\))?\s*:\s*IMessage\b", RegexOptions.CultureInvariant)]
    private static partial Regex Message();
}
