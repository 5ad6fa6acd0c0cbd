using Marketplace.BenchmarkWorker.Kernels;
using Marketplace.BenchmarkWorker.Report;
using Marketplace.Client.Models;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Proof;

/// <summary>This machine as it proves: its devices, each tested once for each workload before its first round.</summary>
internal sealed class ProvingMachine : IDisposable
{
    private readonly ReportedFactsModel facts;
    private readonly HashSet<(IDevice Device, Workload Workload)> tested = [];

    /// <summary>Makes a machine of devices.</summary>
    /// <param name="devices">One or more.</param>
    /// <param name="facts">What the machine says of itself.</param>
    public ProvingMachine(IReadOnlyList<IDevice> devices, ReportedFactsModel facts)
    {
        Devices = devices;
        this.facts = facts;
    }

    /// <summary>The devices, in the order in which they are used.</summary>
    public IReadOnlyList<IDevice> Devices { get; }

    /// <summary>This machine with its processor as its one device.</summary>
    public static ProvingMachine OfProcessor(int cores)
    {
        var facts = HostFacts.Read(cores);
        return new ProvingMachine([new CpuDevice(facts.Processor!, cores)], facts);
    }

    /// <summary>What the machine says of itself, with the kernel that a proof used.</summary>
    public ReportedFactsModel FactsWith(string kernelPath) => facts with { Kernel = HostFacts.Printable(kernelPath) };

    /// <summary>Makes the engines of a part.</summary>
    /// <exception cref="InvariantException">A device computes wrongly.</exception>
    /// <exception cref="NotSupportedException">There are too few devices, or one can't do what is asked.</exception>
    public ProofRun Prepare(ProofParameters parameters)
    {
        foreach (var device in Devices.Take(parameters.Devices))
        {
            if (tested.Contains((device, parameters.Workload))) continue;
            SelfTest.Run(device, parameters.Workload);
            tested.Add((device, parameters.Workload));
        }

        return new ProofRun(Devices, parameters);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var device in Devices) device.Dispose();
    }
}
