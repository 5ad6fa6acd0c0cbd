using System.CommandLine;
using System.Globalization;
using Marketplace.Api.Auth;
using Marketplace.Local.Data;
using Marketplace.Local.Serve;

namespace Marketplace.Local.Tokens;

/// <summary><c>token</c>: prints a token that the host on the same data folder accepts, running or not.</summary>
internal static class TokenCommand
{
    public static Command Create()
    {
        var organisation = new Option<string?>("--org") { Description = "The organisation's id; without it the token is for platform staff." };
        var scopes = new Option<string[]>("--scope")
        {
            Description = "What it allows: " + string.Join(", ", Scopes.All) + ". Without it, all that fits.",
            AllowMultipleArgumentsPerToken = true,
        };
        scopes.AcceptOnlyFromAmong([.. Scopes.All]);
        var hours = new Option<int>("--hours") { Description = "How long it is good for.", DefaultValueFactory = _ => 24 };
        var data = ServeCommand.DataOption();
        var command = new Command("token", "Prints a token, signed with the data folder's key.") { organisation, scopes, hours, data };
        command.SetAction(parsed =>
        {
            OrganisationId? id = null;
            if (parsed.GetValue(organisation) is { } text)
            {
                if (!OrganisationId.TryParse(text, out var known))
                {
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"'{text}' is no organisation's id."));
                    return 2;
                }

                id = known;
            }

            using var key = new DataFolder(parsed.GetValue(data)!).OpenTokenKey();
            var granted = parsed.GetValue(scopes) is { Length: > 0 } given ? given : id is null ? Scopes.All : Scopes.OfOrganisations;
            Console.WriteLine(new LocalTokenIssuer(key, TimeProvider.System)
                .Issue(id?.ToString() ?? "operator", id, granted, TimeSpan.FromHours(parsed.GetValue(hours))));
            return 0;
        });
        return command;
    }
}
