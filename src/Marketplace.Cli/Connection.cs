using System.CommandLine;
using Marketplace.Client;

namespace Marketplace.Cli;

/// <summary>The options that say where the server is and who asks.</summary>
internal sealed class Connection(Func<Uri, HttpClient> connect)
{
    public const string ApiVariable = "MARKETPLACE_API";
    public const string TokenVariable = "MARKETPLACE_TOKEN";

    private readonly Option<string> api = new("--api")
    {
        Description = $"The server's address; {ApiVariable} or http://127.0.0.1:5080 unless given.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(ApiVariable) ?? "http://127.0.0.1:5080",
        Validators =
        {
            result =>
            {
                if (!Uri.TryCreate(result.GetValueOrDefault<string>(), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                    result.AddError("--api is an http or https address.");
            },
        },
    };

    private readonly Option<string?> token = new("--token") { Description = $"The bearer token. Better in {TokenVariable}: other users see arguments." };

    public void AddTo(Command command)
    {
        command.Add(api);
        command.Add(token);
    }

    public MarketplaceClient Open(ParseResult parsed)
    {
        var held = parsed.GetValue(token) ?? Environment.GetEnvironmentVariable(TokenVariable);
        return new MarketplaceClient(
            connect(new Uri(parsed.GetValue(api)!)), string.IsNullOrEmpty(held) ? null : MarketplaceClientOptions.WithToken(held));
    }
}
