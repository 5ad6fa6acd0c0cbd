using Marketplace.BenchmarkWorker.Gpu;
using Marketplace.BenchmarkWorker.Kernels;
using Marketplace.BenchmarkWorker.Report;
using Marketplace.Client.Models;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Proof;

/// <summary>This machine as it proves: its devices, each tested once for each workload (and mixes of memory) before its first round.</summary>
/// <param name="processor">The processor as one device.</param>
/// <param name="gpus">The GPUs that can prove, in the order in which they are used.</param>
/// <param name="facts">What the machine says of itself.</param>
internal sealed class ProvingMachine(IDevice processor, IReadOnlyList<IDevice> gpus, ReportedFactsModel facts) : IDisposable
{
    /// <summary>Classes whose machines prove on their processor begin so.</summary>
    private const string ProcessorClass = "cpu-";

    private readonly HashSet<(IDevice Device, Workload Workload, int Mixes)> tested = [];

    /// <summary>The processor as one device.</summary>
    public IDevice Processor => processor;

    /// <summary>What the machine says of itself.</summary>
    public ReportedFactsModel Facts => facts;

    /// <summary>This machine with whatever it has.</summary>
    /// <param name="cores">How many cores to use, 1 or more.</param>
    public static ProvingMachine Find(int cores)
    {
        var facts = HostFacts.Read(cores);
        return new ProvingMachine(new CpuDevice(facts.Processor!, cores), GpuDevices.Find(), facts);
    }

    /// <summary>What the machine says of itself, with how a proof was made and by which devices.</summary>
    public ReportedFactsModel FactsWith(ProofRun run) => facts with { Kernel = HostFacts.Printable(run.KernelPath), Devices = DevicesOf(run) };

    /// <summary>Makes the engines of a part.</summary>
    /// <param name="parameters">What is asked.</param>
    /// <param name="modelId">The machine's class, which says whether the processor or the GPUs prove.</param>
    /// <exception cref="InvariantException">A device computes wrongly.</exception>
    /// <exception cref="NotSupportedException">There are too few devices, or one can't do what is asked.</exception>
    public ProofRun Prepare(ProofParameters parameters, string modelId) =>
        Prepare(parameters, modelId.StartsWith(ProcessorClass, StringComparison.Ordinal) ? [processor] : gpus);

    /// <summary>Makes the engines of a part on given devices, the first ones that it asks for.</summary>
    /// <inheritdoc cref="Prepare(ProofParameters, string)"/>
    public ProofRun Prepare(ProofParameters parameters, IReadOnlyList<IDevice> devices)
    {
        foreach (var device in devices.Take(parameters.Devices))
        {
            var what = (device, parameters.Workload, parameters.Workload == Workload.MemoryPasses ? parameters.Depth : 0);
            if (tested.Contains(what)) continue;
            SelfTest.Run(device, parameters);
            tested.Add(what);
        }

        return new ProofRun(devices, parameters);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        processor.Dispose();
        foreach (var gpu in gpus) gpu.Dispose();
    }

    private static List<ReportedDeviceModel?>? DevicesOf(ProofRun run)
    {
        var used = run.Devices.OfType<GpuDevice>().Select(device => device.Facts).ToList();
        return used.Count == 0 ? null : [.. used.Select(gpu => new ReportedDeviceModel(
            HostFacts.Printable(gpu.Name), HostFacts.Printable(gpu.Uuid), gpu.MemoryBytes / 1_000_000, HostFacts.Printable(gpu.CudaVersion)))];
    }
}
