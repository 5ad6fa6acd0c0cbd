using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Marketplace.Local.Demo;

/// <summary>Tells the story on a terminal; where the output is no terminal, the same in plain text.</summary>
internal sealed class ConsoleNarrator(IAnsiConsole console) : INarrator
{
    private readonly long began = Stopwatch.GetTimestamp();
    private int chapter;

    public void Chapter(string title)
    {
        console.WriteLine();
        console.Write(new Rule($"[bold]{++chapter}. {Markup.Escape(title)}[/]").LeftJustified());
    }

    public void Say(string line)
    {
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture).PadLeft(5);
        console.MarkupLine($"[grey]{seconds} s[/]  {Markup.Escape(line)}");
    }

    public void Table(string title, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var table = new Table().Title(Markup.Escape(title)).RoundedBorder();
        foreach (var column in columns) table.AddColumn(Markup.Escape(column));
        foreach (var row in rows) table.AddRow([.. row.Select(Markup.Escape)]);
        console.Write(table);
    }

    public Task<T> WhileAsync<T>(string what, Func<Task<T>> work) => console.Status().StartAsync(Markup.Escape(what), _ => work());
}
