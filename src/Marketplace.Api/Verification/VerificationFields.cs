using System.Buffers.Binary;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;

namespace Marketplace.Api.Verification;

/// <summary>Reads the parts of a proof and notes what is malformed. Whether they are true is the module's question.</summary>
internal static class VerificationFields
{
    private const int MaxTilesPerSide = ProofParameters.MaxSize / ProofParameters.TileSize;

    public static ReportedFacts Facts(this Fields fields, string pointer, ReportedFactsModel? facts)
    {
        if (facts is null)
        {
            fields.Add(pointer, "This is required.");
            return new ReportedFacts("", 0, 0, "", "", "");
        }

        return new ReportedFacts(
            fields.Ascii(pointer + "/processor", facts.Processor),
            fields.Int(pointer + "/logicalCores", facts.LogicalCores, 1, 65_536),
            fields.Long(pointer + "/memoryMB", facts.MemoryMB, 1, 1_000_000_000),
            fields.Ascii(pointer + "/operatingSystem", facts.OperatingSystem),
            fields.Ascii(pointer + "/kernel", facts.Kernel),
            fields.Ascii(pointer + "/workerVersion", facts.WorkerVersion));
    }

    public static IReadOnlyList<RoundOpening> Openings(this Fields fields, string pointer, IReadOnlyList<RoundOpeningModel?>? rounds)
    {
        if (rounds is null || rounds.Count > ProofParameters.MaxDraws)
        {
            fields.Add(pointer, $"Expected a list of at most {ProofParameters.MaxDraws} rounds.");
            return [];
        }

        return [.. rounds.Select((round, i) => fields.Opening($"{pointer}/{i}", round))];
    }

    private static RoundOpening Opening(this Fields fields, string pointer, RoundOpeningModel? round)
    {
        var number = fields.Int(pointer + "/round", round?.Round, 0, ProofParameters.MaxRounds - 1);
        var nodes = fields.Bytes(pointer + "/nodes", round?.Nodes, DigestTree.NodeLength, MaxTilesPerSide * DigestTree.NodeLength);
        if (round?.Rows is not { } rows || rows.Count > MaxTilesPerSide)
        {
            fields.Add(pointer + "/rows", $"Expected a list of at most {MaxTilesPerSide} rows.");
            return new RoundOpening(number, nodes, []);
        }

        return new RoundOpening(number, nodes, [.. rows.Select((row, i) => fields.Row($"{pointer}/rows/{i}", row))]);
    }

    private static RowOpening Row(this Fields fields, string pointer, RowOpeningModel? row)
    {
        var number = fields.Int(pointer + "/row", row?.Row, 0, MaxTilesPerSide - 1);
        var bytes = fields.Bytes(pointer + "/digests", row?.Digests, 8, MaxTilesPerSide * 8);
        if (bytes.Length % 8 != 0) fields.Add(pointer + "/digests", "Expected 8 bytes for each digest.");
        var digests = new ulong[bytes.Length / 8];
        for (var i = 0; i < digests.Length; i++) digests[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(i * 8));
        return new RowOpening(number, digests);
    }

    // Certificates hold these texts; ASCII keeps their canonical form simple.
    private static string Ascii(this Fields fields, string pointer, string? value)
    {
        var text = fields.Text(pointer, value, 1, 200);
        if (text.AsSpan().ContainsAnyExceptInRange(' ', '~')) fields.Add(pointer, "Expected printable ASCII characters.");
        return text;
    }
}
