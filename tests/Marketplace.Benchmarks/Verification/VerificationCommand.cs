using System.CommandLine;
using Marketplace.Benchmarks.Measure;

namespace Marketplace.Benchmarks.Verification;

/// <summary><c>verification</c>: what a proof of capacity costs the machine that gives it and the server that checks it.</summary>
internal static class VerificationCommand
{
    public static Command Create()
    {
        var worker = new WorkerRates();
        var size = new Option<int?>("--size") { Description = "n of the worker's products, a multiple of 128 up to 8,192; what the plan asks of this machine unless given." };
        var cores = new Option<int?>("--cores") { Description = "Cores that the worker uses; all unless given." };
        var pairs = new Option<int>("--pairs") { Description = "How often the worker proves, in turn with its bare kernel; 7 unless given.", DefaultValueFactory = _ => WorkerRates.UsualPairs };
        return MeasureCommand.Create(
            "verification",
            "Measures the proof of capacity: the worker on this machine's processor, and the server's check of every workload.",
            [worker, new ServerCost()],
            results =>
            {
                if (results["server"]?["wireBytes"] is { } bytes) results["wireBytes"] = bytes.DeepClone();
            },
            ([size, cores, pairs], parsed => (worker.Size, worker.Cores, worker.Pairs) = (parsed.GetValue(size), parsed.GetValue(cores), parsed.GetValue(pairs))));
    }
}
