using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Proof;

/// <summary>One device that can prove its capacity: this machine's processor, or one GPU.</summary>
internal interface IDevice : IDisposable
{
    /// <summary>The device's name, as it reports it.</summary>
    string Name { get; }

    /// <summary>Makes the engine of a workload and shape. May take seconds; never while a clock runs.</summary>
    /// <param name="parameters">What the server asks, or will ask.</param>
    /// <exception cref="NotSupportedException">The device has no engine for this workload, or not the memory for this shape.</exception>
    IRoundEngine Prepare(ProofParameters parameters);
}
