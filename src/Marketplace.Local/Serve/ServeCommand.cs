using System.CommandLine;
using Marketplace.Api.Auth;
using Marketplace.Sqlite;

namespace Marketplace.Local.Serve;

/// <summary><c>serve</c>: runs the marketplace until it is stopped. Also what happens without a command.</summary>
internal static class ServeCommand
{
    private static readonly Option<int> Port = new("--port")
    {
        Description = "The loopback port of the API; 0 takes a free one. The Stripe double takes the next.",
        DefaultValueFactory = _ => LocalOptions.DefaultPort,
    };

    private static readonly Option<string> Data = DataOption();

    private static readonly Option<bool> TestClock = new("--test-clock")
    {
        Description = "Lets an operator advance the market's clock (POST /v1/test-clock/advance).",
    };

    /// <summary>The data folder's option, for any command.</summary>
    public static Option<string> DataOption() => new("--data")
    {
        Description = "The data folder.",
        DefaultValueFactory = _ => ".data",
    };

    public static Command Create()
    {
        var command = new Command("serve", "Serves the marketplace on loopback until it is stopped.");
        AddTo(command);
        return command;
    }

    /// <summary>Gives a command the options and the action of <c>serve</c>.</summary>
    public static void AddTo(Command command)
    {
        command.Options.Add(Port);
        command.Options.Add(Data);
        command.Options.Add(TestClock);
        command.SetAction((parsed, cancellationToken) => ServeAsync(
            new LocalOptions { Port = parsed.GetValue(Port), DataPath = parsed.GetValue(Data)!, TestClock = parsed.GetValue(TestClock) }, cancellationToken));
    }

    private static async Task<int> ServeAsync(LocalOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await using var host = await LocalHost.StartAsync(options, cancellationToken);
            Say(host);
            await host.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (Exception fault) when (fault is SqliteStoreInUseException or IOException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 1;
        }
    }

    private static void Say(LocalHost host)
    {
        var url = host.Url.ToString().TrimEnd('/');
        Console.WriteLine($"""
            The marketplace serves at   {url}
              API, to read and try      {url}/docs
              OpenAPI document          {url}/openapi/v1.json
              Stripe                    {(host.Stripe is { } stripe ? $"the local double at {stripe.BaseUrl}" : "Stripe itself")}
              data folder               {host.Data.Path}
              operator secret           {host.Data.OperatorSecret}   (header Operator-Secret of POST {url}/local/tokens)
              operator token, 24 hours  {host.Tokens.Issue("operator", null, Scopes.All, TimeSpan.FromHours(24))}
            Ready.
            """);
    }
}
