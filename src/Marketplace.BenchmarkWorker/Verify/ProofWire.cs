using System.Buffers.Binary;
using System.Globalization;
using Marketplace.Client.Models;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Verify;

/// <summary>The proof as it goes over the wire.</summary>
internal static class ProofWire
{
    /// <summary>What the server asks.</summary>
    /// <exception cref="NotSupportedException">The server speaks a protocol this worker does not know.</exception>
    public static ProofParameters ToParameters(this StartedVerificationModel started)
    {
        var protocol = started.Protocol;
        if (protocol.Name != ProofParameters.ProtocolName || protocol.TileSize != ProofParameters.TileSize)
            throw new NotSupportedException($"The server asks for the protocol '{protocol.Name}', which this worker does not know. Update the worker.");
        return new ProofParameters(
            protocol.Size, protocol.Rounds, protocol.Lag, protocol.Draws, double.Parse(protocol.Epsilon, NumberStyles.Float, CultureInfo.InvariantCulture));
    }

    /// <summary>Openings as they are submitted.</summary>
    public static SubmitOpeningsRequest ToRequest(this IReadOnlyList<RoundOpening> openings) => new(
        [.. openings.Select(round => new RoundOpeningModel(
            round.Round,
            Convert.ToBase64String(round.Nodes),
            [.. round.Rows.Select(row => new RowOpeningModel(row.Row, Text(row.Digests)))]))]);

    private static string Text(IReadOnlyList<ulong> digests)
    {
        var bytes = new byte[digests.Count * 8];
        for (var i = 0; i < digests.Count; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * 8), digests[i]);
        return Convert.ToBase64String(bytes);
    }
}
