using System.CommandLine;
using System.Globalization;
using Marketplace.Client;
using Marketplace.Client.Models;

namespace Marketplace.Cli.Finance;

/// <summary><c>finance reconcile</c>: compares a month and says what is open.</summary>
internal static class ReconcileCommand
{
    public static Command Create(Connection connection)
    {
        var period = FinanceCommand.Period();
        var json = FinanceCommand.AsJson();
        var csv = new Option<FileInfo?>("--csv") { Description = "Also write the differences to this file as CSV." };
        var request = new Option<string?>("--request")
        {
            Description = "A name for this run, 1 to 64 letters, digits or dashes: the same name again gives the same report. Each call is a new run unless given.",
            Validators =
            {
                result =>
                {
                    if (result.GetValueOrDefault<string?>() is { } name && (name.Length is < 1 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')))
                        result.AddError("--request is 1 to 64 letters, digits or dashes.");
                },
            },
        };
        var command = new Command("reconcile", "Compares readings, usage, ledger and payment service for a month. Exit code 3 where differences are open.")
        {
            period, json, csv, request,
        };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var client = connection.Open(parsed);
            var (month, name) = (parsed.GetValue(period)!, parsed.GetValue(request) ?? $"{Guid.NewGuid():N}");
            ReconciliationModel made;
            try
            {
                made = await client.RunReconciliationAsync(month, $"cli-reconcile-{month}-{name}", cancellationToken);
            }
            catch (Exception lost) when (lost is HttpRequestException or ServerUnreachableException or OperationCanceledException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"The answer is lost. The same run again: --request {name}");
                throw;
            }

            if (parsed.GetValue(csv) is { } file)
                await File.WriteAllTextAsync(file.FullName, await client.GetDifferencesCsvAsync(made.ReconciliationId, cancellationToken), cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) Json.Write(output, made);
            else Write(output, made);
            return made.OpenCount == 0 ? ExitCodes.Done : ExitCodes.DifferencesOpen;
        });
        return command;
    }

    private static void Write(TextWriter output, ReconciliationModel made)
    {
        output.WriteLine($"{made.Period}{(made.IsPeriodOver ? "" : ", which is not over")}: {made.ReconciliationId}, by {made.RunBy} at {made.RunAt}");
        output.WriteLine();
        Table.Write(
            output,
            ["figure", "count", "amount", "currency", "gpu-seconds"],
            [.. made.Totals.Select(t => (IReadOnlyList<string>)[t.Figure, Text(t.Count), t.Amount.Amount!, t.Amount.Currency!, t.GpuSeconds is { } s ? Text(s) : ""])]);
        output.WriteLine();
        output.WriteLine(made.DifferenceCount == 0
            ? "No differences."
            : $"Differences: {made.DifferenceCount}, of them open: {made.OpenCount}.");
        if (made.DifferenceCount == 0) return;
        output.WriteLine();
        Table.Write(
            output,
            ["state", "kind", "subject", "expected", "found", "difference", "action or reason"],
            [
                .. made.Differences!.Select(d => (IReadOnlyList<string>)
                [
                    d.Resolution is null ? "open" : "resolved", d.Kind, d.Subject, Text(d.Expected), Text(d.Found), d.DifferenceId,
                    d.Resolution is { } r ? $"{r.Reason} ({r.ResolvedBy})" : d.SuggestedAction,
                ]),
            ]);
    }

    private static string Text(DifferenceSideModel? side) => side is null ? "nothing" : $"{side.Stage} {side.Id} {side.Amount.Amount} {side.Amount.Currency}";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
