using System.CommandLine;
using System.Globalization;
using Marketplace.Client.Models;

namespace Marketplace.Cli.Finance;

/// <summary><c>finance close</c>: closes a month for good.</summary>
internal static class CloseCommand
{
    public static Command Create(Connection connection)
    {
        var period = FinanceCommand.Period();
        var json = FinanceCommand.AsJson();
        var command = new Command("close", "Reconciles a month and closes it for good. Exit code 3 where differences are open.") { period, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var month = parsed.GetValue(period)!;
            // One key per month: closing it once more under the same name answers with the first closure.
            var closed = await connection.Open(parsed).ClosePeriodAsync(month, $"cli-close-{month}", cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) Json.Write(output, closed);
            else Write(output, closed);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(TextWriter output, PeriodClosureModel closed)
    {
        output.WriteLine($"{closed.Period} is closed, by {closed.ClosedBy} at {closed.ClosedAt}, on {closed.ReconciliationId} with {closed.ResolvedCount} resolved differences.");
        Write(output, ["accrued", "currency", "buyers", "charges"], closed.Accrued.Select(a => (IReadOnlyList<string>)
            [a.Amount.Amount!, a.Amount.Currency!, a.BuyerCount.ToString(CultureInfo.InvariantCulture), a.ChargeCount.ToString(CultureInfo.InvariantCulture)]));
        Write(output, ["unused credit", "currency", "buyers"], closed.UnusedCredit.Select(u => (IReadOnlyList<string>)
            [u.Amount.Amount!, u.Amount.Currency!, u.BuyerCount.ToString(CultureInfo.InvariantCulture)]));
    }

    private static void Write(TextWriter output, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0) return;
        output.WriteLine();
        Table.Write(output, header, all);
    }
}
