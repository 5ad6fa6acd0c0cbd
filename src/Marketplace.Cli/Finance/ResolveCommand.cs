using System.CommandLine;
using Marketplace.Client.Models;

namespace Marketplace.Cli.Finance;

/// <summary><c>finance resolve</c>: says why a difference needs no more work.</summary>
internal static class ResolveCommand
{
    public static Command Create(Connection connection)
    {
        var reconciliation = new Option<string>("--reconciliation") { Description = "A reconciliation that lists the difference.", Required = true };
        var difference = new Option<string>("--difference") { Description = "The difference.", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why it needs no more work.", Required = true };
        var entry = new Option<string?>("--entry") { Description = "The ledger entry that settles it, where one does." };
        var json = FinanceCommand.AsJson();
        var command = new Command("resolve", "Resolves a difference with a reason: later reconciliations list it as resolved.") { reconciliation, difference, reason, entry, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var id = parsed.GetValue(difference)!;
            var request = new ResolveDifferenceRequest(parsed.GetValue(reason), parsed.GetValue(entry));
            // Named by what it says: typed once more, it is the same request.
            var name = FinanceCommand.NameOf("resolve", parsed.GetValue(reconciliation)!, id, request.Reason!, request.EntryId ?? "");
            var resolved = await connection.Open(parsed).ResolveDifferenceAsync(parsed.GetValue(reconciliation)!, id, request, name, cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) Json.Write(output, resolved);
            else await output.WriteLineAsync($"{resolved.Kind} of {resolved.Subject} is resolved.");
            return ExitCodes.Done;
        });
        return command;
    }
}
