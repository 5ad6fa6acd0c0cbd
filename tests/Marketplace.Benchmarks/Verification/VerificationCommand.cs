using System.CommandLine;
using Marketplace.Benchmarks.Measure;

namespace Marketplace.Benchmarks.Verification;

/// <summary><c>verification</c>: what a proof of capacity costs the machine that gives it and the server that checks it.</summary>
internal static class VerificationCommand
{
    public static Command Create() => MeasureCommand.Create(
        "verification",
        "Measures the proof of capacity: the worker on this machine's processor, and the server's check of every workload.",
        [new WorkerRates(), new ServerCost()],
        results =>
        {
            if (results["server"]?["wireBytes"] is { } bytes) results["wireBytes"] = bytes.DeepClone();
        });
}
