using System.CommandLine;
using System.Text.Json;
using Marketplace.Local.Serve;
using Spectre.Console;

namespace Marketplace.Local.Demo;

/// <summary><c>demo</c>: plays the whole story on a fresh store, then keeps serving it.</summary>
internal static class DemoCommand
{
    private static readonly Option<bool> Exit = new("--exit") { Description = "Ends when the story is told, instead of serving on." };

    private static readonly Option<string?> Report = new("--report") { Description = "Writes what the story ended with to a JSON file." };

    private static readonly Option<string> Data = new("--data")
    {
        Description = "The data folder. What is in it is deleted first.",
        DefaultValueFactory = _ => Path.Combine(".data", "demo"),
    };

    private static readonly Option<int> Port = new("--port")
    {
        Description = "The loopback port of the API; 0 takes a free one.",
        DefaultValueFactory = _ => LocalOptions.DefaultPort,
    };

    public static Command Create()
    {
        var command = new Command("demo", "Plays the whole story on a fresh store: proof, bids, leases, readings, invoices, payouts, reconciliation.")
        {
            Exit, Report, Data, Port,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(Data)!, parsed.GetValue(Port), parsed.GetValue(Exit), parsed.GetValue(Report), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string dataPath, int port, bool exit, string? report, CancellationToken cancellationToken)
    {
        try
        {
            Clear(dataPath);
            await using var host = await LocalHost.StartAsync(new LocalOptions { DataPath = dataPath, Port = port, TestClock = true }, cancellationToken);
            using var world = WorldOf(host);
            var story = new Story(world, new ConsoleNarrator(AnsiConsole.Console));
            var told = await story.PlayAsync(cancellationToken);
            var json = JsonSerializer.Serialize(told, DemoJson.Default.DemoReport);
            if (report is not null) await File.WriteAllTextAsync(report, json + Environment.NewLine, cancellationToken);
            Summarise(told);
            if (exit) return 0;

            SayWhatToTry(host, world, story);
            await host.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (Exception fault) when (fault is InvalidOperationException or IOException or Client.ProblemException or TimeoutException)
        {
            await Console.Error.WriteLineAsync($"The story stopped: {fault.Message}");
            return 1;
        }
    }

    /// <summary>Deletes an earlier demo's data; refuses a folder that holds anything else.</summary>
    private static void Clear(string dataPath)
    {
        if (!Directory.Exists(dataPath)) return;
        if (Directory.EnumerateFileSystemEntries(dataPath).Any() && !File.Exists(Path.Combine(dataPath, "test-clock.txt")))
        {
            throw new InvalidOperationException($"'{Path.GetFullPath(dataPath)}' is not from a demo and is not deleted. Give another folder with --data.");
        }

        Directory.Delete(dataPath, recursive: true);
    }

    private static StoryWorld WorldOf(LocalHost host)
    {
        if (host.Stripe is not { } stripe) throw new InvalidOperationException("The demo plays against the Stripe double: unset Stripe:ApiKey.");
        var keys = Path.Combine(host.Data.Path, "machine-keys");
        Directory.CreateDirectory(keys);
        return new StoryWorld(host.Url, stripe.BaseUrl, host.Tokens, keys, ClaimShare: 0.6);
    }

    private static void Summarise(DemoReport told)
    {
        AnsiConsole.WriteLine();
        AnsiConsole.WriteLine(
            $"In {told.ElapsedSeconds:0.0} s: {told.Listings.Active} listings active and {told.Listings.Rejected} rejected, {told.Trades} trades, "
            + $"{told.GpuSecondsMetered} GPU-seconds metered, {told.Invoices} invoices paid, {told.Payouts} payouts, ledger sum {told.LedgerSum}, "
            + $"{told.DifferencesBefore} differences before and {told.DifferencesAfterPlant} after the planted error.");
    }

    private static void SayWhatToTry(LocalHost host, StoryWorld world, Story story)
    {
        var url = host.Url.ToString().TrimEnd('/');
        Console.WriteLine($"""

            Still serving. Try:
              API, to read and try   {url}/docs
              public market data     curl {url}/v1/markets/{Cast.Model}/{Cast.GuiAn.Hub}/trades
              operator token         {host.Tokens.Issue("operator", null, Api.Auth.Scopes.All, TimeSpan.FromHours(24))}
            """);
        foreach (var (name, id) in story.Organisations) Console.WriteLine($"  token of {name,-20}  {world.TokenOf(id)}");
        Console.WriteLine("Ctrl-C ends it.");
    }
}
