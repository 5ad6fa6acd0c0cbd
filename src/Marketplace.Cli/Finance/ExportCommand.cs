using System.CommandLine;

namespace Marketplace.Cli.Finance;

/// <summary><c>finance export</c>: writes a month's costs in the form of FOCUS 1.4.</summary>
internal static class ExportCommand
{
    public static Command Create(Connection connection)
    {
        var period = FinanceCommand.Period();
        var dataset = new Option<string>("--dataset") { Description = "Which dataset.", DefaultValueFactory = _ => "costAndUsage" };
        dataset.AcceptOnlyFromAmong("costAndUsage", "billingPeriod", "invoiceDetail");
        var format = new Option<string>("--format") { Description = "The form of the file.", DefaultValueFactory = _ => "csv" };
        format.AcceptOnlyFromAmong("csv", "parquet");
        var file = new Option<FileInfo?>("--out") { Description = "The file; DATASET-PERIOD.FORMAT in this folder unless given. An old one is replaced once the new one is whole." };
        var json = FinanceCommand.AsJson();
        var command = new Command("export", "Exports a month's costs as FOCUS 1.4.") { period, dataset, format, file, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (month, which, form) = (parsed.GetValue(period)!, parsed.GetValue(dataset)!, parsed.GetValue(format)!);
            var target = parsed.GetValue(file)?.FullName ?? Path.GetFullPath($"{which}-{month}.{form}");
            var part = target + ".part";
            try
            {
                await using (var stream = File.Create(part)) await connection.Open(parsed).ExportFocusAsync(month, which, form, stream, cancellationToken);
                File.Move(part, target, overwrite: true);
            }
            finally
            {
                File.Delete(part);
            }

            var output = parsed.InvocationConfiguration.Output;
            var bytes = new FileInfo(target).Length;
            if (parsed.GetValue(json)) Json.Write(output, new { period = month, dataset = which, format = form, file = target, bytes });
            else await output.WriteLineAsync($"{target}: {which} of {month}, {bytes} bytes.");
            return ExitCodes.Done;
        });
        return command;
    }
}
