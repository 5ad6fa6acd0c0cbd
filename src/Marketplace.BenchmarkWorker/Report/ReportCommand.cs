using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.BenchmarkWorker.Report;

/// <summary><c>report</c>: what the machine says and measures of itself, to choose a claim by.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var json = CommandOptions.Json();
        var cores = CommandOptions.Cores();
        var command = new Command("report", "Says what this machine is and measures about itself, to choose a claim by. Nothing of it is a proof.") { json, cores };
        command.SetAction(parsed =>
        {
            var report = new MachineReport(HostFacts.Read(parsed.GetValue(cores)), RateMeasurement.Run(parsed.GetValue(cores)));
            Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(report, ReportJson.Default.MachineReport) : Text(report));
            return ExitCodes.Passed;
        });
        return command;
    }

    private static string Text(MachineReport report) => string.Create(CultureInfo.InvariantCulture, $"""
        processor         {report.Host.Processor} ({report.Host.LogicalCores} cores used)
        memory            {report.Host.MemoryMB} MB
        system            {report.Host.OperatingSystem}
        kernel            {report.Host.Kernel}
        int8, bare        {report.Int8.BareInt8Gops} Gop/s
        int8, provable    {report.Int8.ProvableInt8Gops} Gop/s in a dry run of {report.Int8.Rounds} rounds of {report.Int8.Size} ({report.Int8.Seconds:0.00} s)
        suggested claim   {report.Int8.SuggestedClaimInt8Gops} Gop/s
        """);
}

/// <summary>The report as JSON.</summary>
/// <param name="Host">What the machine says of itself.</param>
/// <param name="Int8">What it measured of itself.</param>
internal sealed record MachineReport(ReportedFactsModel Host, RateMeasurement Int8);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(MachineReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
