using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Marketplace.BenchmarkWorker.Gpu.Driver;
using Marketplace.BenchmarkWorker.Gpu.Nvml;

namespace Marketplace.BenchmarkWorker.Gpu.Check;

/// <summary>
/// <c>gpu-check</c>: what this machine's GPUs reach without protocol and with it, all at once as in a session, and whether their digests
/// are right. For whoever changes the kernels, and for owners who want to know before they list.
/// </summary>
internal static class GpuCheckCommand
{
    private const int UsualSeconds = 10;

    public static Command Create()
    {
        var json = CommandOptions.Json();
        var seconds = new Option<int>("--seconds") { Description = $"Seconds of each run; {UsualSeconds} unless given, which makes under 2 minutes.", DefaultValueFactory = _ => UsualSeconds };
        var own = new Option<bool>("--own-kernel") { Description = "Multiply by our own kernel even where cuBLAS is installed." };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 60) result.AddError("--seconds is a whole number from 1 to 60.");
        });
        var command = new Command("gpu-check", $"Measures this machine's GPUs without protocol and with it. Nothing of it is a proof. Exit codes: {ExitCodes.Passed} all as wanted, {ExitCodes.Failed} one is not, {ExitCodes.Nothing} no GPU, {ExitCodes.Fault} fault.")
        {
            json, seconds, own,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => Run(
            GpuDevices.Survey(useLibrary: !parsed.GetValue(own)), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(json), cancellationToken)));
        return command;
    }

    private static int Run(GpuSurvey survey, TimeSpan each, bool json, CancellationToken cancellation)
    {
        if (survey.Note is not null) Console.Error.WriteLine($"GPUs: {survey.Note}.");
        if (survey.Usable.Count == 0) return ExitCodes.Nothing;
        var nvml = LibNvml.TryLoad();
        var reports = CheckTogether(survey.Usable, device => new GpuCheckRun(device, GpuCheckSizes.Usual, nvml, TimeProvider.System, each).Run(cancellation));
        Console.WriteLine(json ? JsonSerializer.Serialize(reports, GpuCheckJson.Default.IReadOnlyListGpuCheckReport) : Text(reports));
        return reports.All(report => report.Parts.All(part => part.IsMet)) ? ExitCodes.Passed : ExitCodes.Failed;
    }

    /// <summary>Runs every device on a thread of its own, all at once, and gives the reports in order.</summary>
    /// <exception cref="GpuException">A device failed.</exception>
    /// <exception cref="NotSupportedException">A device has not the memory.</exception>
    internal static IReadOnlyList<GpuCheckReport> CheckTogether(IReadOnlyList<GpuDevice> devices, Func<GpuDevice, GpuCheckReport> check)
    {
        var runs = devices.Select(device => Task.Factory.StartNew(() => check(device), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        try
        {
            return [.. runs.Select(run => run.GetAwaiter().GetResult())];
        }
        finally
        {
            // A device is given back only when its thread is done with it, whatever became of the others.
            Task.WhenAll(runs).ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
            foreach (var device in devices) device.Dispose();
        }
    }

    /// <summary>The reports for people.</summary>
    internal static string Text(IReadOnlyList<GpuCheckReport> reports)
    {
        var text = new StringBuilder();
        foreach (var report in reports)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{report.Gpu.Name} {report.Gpu.PciBusId}, compute capability {report.Gpu.ComputeCapability}, {report.Gpu.Multiprocessors} multiprocessors, {report.Gpu.MemoryBytes / 1e9:0.0} GB");
            text.AppendLine("  workload            bare           proven         ratio  wanted  digests  by");
            foreach (var part in report.Parts)
            {
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $"  {part.Workload,-18}  {Amount(part.BarePerSecond, part),-13}  {Amount(part.ProvenPerSecond, part),-13}  {part.Ratio:0.000}  {part.Wanted?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-",-6}  {(part.Checked ? "right" : "WRONG"),-7}  {part.KernelPath}");
            }

            text.AppendLine(CultureInfo.InvariantCulture, $"  link to device {report.HostToDeviceBytesPerSecond / 1e9:0.0} GB/s, back {report.DeviceToHostBytesPerSecond / 1e9:0.0} GB/s (pinned memory)");
        }

        return text.ToString();
    }

    private static string Amount(double perSecond, GpuPartCheck part) =>
        string.Create(CultureInfo.InvariantCulture, $"{perSecond / 1e12:0.000} {(part.Workload.StartsWith("memory", StringComparison.Ordinal) ? "TB/s" : "Top/s")}");
}
