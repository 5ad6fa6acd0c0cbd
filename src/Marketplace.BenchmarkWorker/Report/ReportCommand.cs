using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Marketplace.BenchmarkWorker.Proof;

namespace Marketplace.BenchmarkWorker.Report;

/// <summary><c>report</c>: what the machine says and measures of itself, to choose a claim by.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var (json, cores) = (CommandOptions.Json(), CommandOptions.Cores());
        var folder = new Option<string>("--disk")
        {
            Description = "The folder whose disk is measured, with a file of 128 MiB; the one for temporary files unless given.",
            DefaultValueFactory = _ => Path.GetTempPath(),
        };
        var command = new Command("report", "Says what this machine is and measures about itself, to choose a claim by. Nothing of it is a proof.") { json, cores, folder };
        command.SetAction((parsed, cancellationToken) =>
        {
            using var machine = ProvingMachine.Find(parsed.GetValue(cores));
            var report = MachineReport.Make(machine, parsed.GetValue(folder)!, cancellationToken);
            Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(report, ReportJson.Default.MachineReport) : Text(report));
            return Task.FromResult(ExitCodes.Passed);
        });
        return command;
    }

    private static string Text(MachineReport report) => string.Create(CultureInfo.InvariantCulture, $"""
        processor         {report.Host.Processor} ({report.Host.LogicalCores} cores used; {string.Join(' ', report.System.ProcessorFeatures)})
        memory            {report.Host.MemoryMB} MB, {report.Memory.BareBytesPerSecond / 1e9:0.0} GB/s, {report.Memory.ProvableBytesPerSecond / 1e9:0.0} GB/s in passes of the protocol
        disk              {(report.Disk is { } disk ? $"{disk.CapacityBytes / 1e9:0} GB, {disk.FreeBytes / 1e9:0} GB free, {disk.SequentialWriteBytesPerSecond / 1e6:0} MB/s written, {disk.SequentialReadBytesPerSecond / 1e6:0} MB/s read ({disk.Folder})" : "not measured")}
        system            {report.Host.OperatingSystem}, {report.System.KernelRelease}
        NVIDIA driver     {report.System.NvidiaDriver ?? "none"}
        GPUs              {(report.Gpus.Count == 0 ? "none" : string.Join("; ", report.Gpus.Select(gpu => $"{gpu.Name}, {gpu.MemoryBytes / 1_000_000} MB, {gpu.PciBusId}")))}
        kernel            {report.Host.Kernel}
        int8, bare        {report.Int8.BareInt8Gops} Gop/s
        int8, provable    {report.Int8.ProvableInt8Gops} Gop/s in a dry run of {report.Int8.Rounds} rounds of {report.Int8.Size} ({report.Int8.Seconds:0.00} s)
        suggested claim   {report.Int8.SuggestedClaimInt8Gops} Gop/s
        """);
}
