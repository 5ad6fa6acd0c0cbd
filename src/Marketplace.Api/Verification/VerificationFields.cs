using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;

namespace Marketplace.Api.Verification;

/// <summary>Reads the parts of a proof and notes what is malformed. Whether they are true is the module's question.</summary>
internal static class VerificationFields
{
    /// <summary>The longest openings: each draw a full group and a path as deep as the largest round's.</summary>
    public static readonly int MaxOpeningsLength = ProofParameters.MaxDraws * DigestTree.OpeningLength(ProofParameters.MaxBlocks, 0);

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
            fields.Ascii(pointer + "/workerVersion", facts.WorkerVersion),
            facts.WorkerSha256 is null ? null : fields.Sha256(pointer + "/workerSha256", facts.WorkerSha256),
            facts.Devices is null ? null : fields.Devices(pointer + "/devices", facts.Devices));
    }

    private static IReadOnlyList<ReportedDevice> Devices(this Fields fields, string pointer, IReadOnlyList<ReportedDeviceModel?> devices)
    {
        if (devices.Count > ProofParameters.MaxDevices)
        {
            fields.Add(pointer, $"Expected at most {ProofParameters.MaxDevices} devices.");
            return [];
        }

        return [.. devices.Select((device, i) => new ReportedDevice(
            fields.Ascii($"{pointer}/{i}/name", device?.Name),
            fields.Ascii($"{pointer}/{i}/uuid", device?.Uuid),
            fields.Long($"{pointer}/{i}/memoryMB", device?.MemoryMB, 0, 1_000_000_000),
            fields.Ascii($"{pointer}/{i}/driver", device?.Driver)))];
    }

    private static string Sha256(this Fields fields, string pointer, string value)
    {
        if (value.Length != 64 || !value.All(char.IsAsciiHexDigitLower)) fields.Add(pointer, "Expected 64 lower-case hexadecimal digits.");
        return value;
    }

    // Certificates hold these texts; ASCII keeps their canonical form simple.
    private static string Ascii(this Fields fields, string pointer, string? value)
    {
        var text = fields.Text(pointer, value, 1, 200);
        if (text.AsSpan().ContainsAnyExceptInRange(' ', '~')) fields.Add(pointer, "Expected printable ASCII characters.");
        return text;
    }
}
