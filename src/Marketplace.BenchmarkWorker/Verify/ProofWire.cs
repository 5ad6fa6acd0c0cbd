using System.Globalization;
using Marketplace.Client.Models;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Verify;

/// <summary>The proof as it goes over the wire.</summary>
internal static class ProofWire
{
    /// <summary>What the server asks.</summary>
    /// <exception cref="NotSupportedException">The server asks for a workload this worker does not know.</exception>
    public static ProofParameters ToParameters(this ProofProtocolModel protocol) => new(
        WorkloadNames.Parse(protocol.Name)
            ?? throw new NotSupportedException($"The server asks for the workload '{protocol.Name}', which this worker does not know. Update the worker."),
        protocol.Devices,
        protocol.Rounds,
        protocol.Rows,
        protocol.Columns,
        protocol.Depth,
        protocol.Lag,
        protocol.Draws,
        double.Parse(protocol.Epsilon, NumberStyles.Float, CultureInfo.InvariantCulture));
}
