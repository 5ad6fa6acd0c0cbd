using System.CommandLine;
using System.Security.Cryptography;
using Marketplace.BenchmarkWorker;
using Marketplace.BenchmarkWorker.Enrol;
using Marketplace.BenchmarkWorker.Gpu.Check;
using Marketplace.BenchmarkWorker.Meter;
using Marketplace.BenchmarkWorker.Report;
using Marketplace.BenchmarkWorker.Serve;
using Marketplace.BenchmarkWorker.Verify;
using Marketplace.Client;

var root = new RootCommand("Proves to the marketplace what this machine can do.")
{
    ReportCommand.Create(),
    GpuCheckCommand.Create(),
    EnrolCommand.Create(),
    RotateKeyCommand.Create(),
    VerifyCommand.Create(),
    MeterCommand.Create(),
    ServeCommand.Create(),
};
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (OperationCanceledException)
{
    return ExitCodes.Fault;
}
catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidOperationException or NotSupportedException
    or CryptographicException or HttpRequestException or ProblemException or ServerUnreachableException or InvariantException)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return ExitCodes.Fault;
}
