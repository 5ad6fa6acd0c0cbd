using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using NodaTime;

namespace Marketplace.Verification.Certificates;

/// <summary>
/// What a certificate says: all that anyone needs to replay the proof, and the figures it proves. Bytes are base64, decimals are texts.
/// </summary>
/// <param name="Format"><see cref="CurrentFormat"/>.</param>
/// <param name="CertificateId">Its id.</param>
/// <param name="KeyId">The key that signed it.</param>
/// <param name="VerificationId">The session.</param>
/// <param name="Purpose">What the session was for.</param>
/// <param name="Subject">The id of the listing or lease.</param>
/// <param name="ProviderId">Whose machine.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="Model">Its class.</param>
/// <param name="GpuCount">Devices that proved at once.</param>
/// <param name="AcceptedFraction">The proven part of the claim at which it passes.</param>
/// <param name="Claim">What was claimed for each device.</param>
/// <param name="Proven">What was proven for each device: the sum of the parts.</param>
/// <param name="Parts">The parts in their order.</param>
/// <param name="ReportedUnproven">What the machine said of itself; nothing of it is proven.</param>
/// <param name="IssuedAt">When it was issued.</param>
/// <param name="ExpiresAt">From then on it says nothing.</param>
public sealed record CertificateContent(
    string Format,
    CertificateId CertificateId,
    string KeyId,
    VerificationId VerificationId,
    VerificationPurpose Purpose,
    string Subject,
    OrganisationId ProviderId,
    MachineId MachineId,
    GpuModelId Model,
    int GpuCount,
    string AcceptedFraction,
    Capacity Claim,
    Capacity Proven,
    IReadOnlyList<CertifiedPart> Parts,
    ReportedFacts ReportedUnproven,
    Instant IssuedAt,
    Instant ExpiresAt)
{
    /// <summary>The one form there is.</summary>
    public const string CurrentFormat = "marketplace-certificate-3";

    private static readonly JsonSerializerOptions Strict = new(MarketplaceJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    /// <summary>The canonical form, which is what is signed.</summary>
    public byte[] ToDocument() => CanonicalJson.Write(JsonSerializer.SerializeToNode(this, Strict)!);

    /// <summary>Reads a document; null unless it is exactly the canonical form of what it says.</summary>
    public static CertificateContent? TryRead(string document)
    {
        ArgumentNullException.ThrowIfNull(document);
        try
        {
            var content = JsonSerializer.Deserialize<CertificateContent>(document, Strict);
            return content is { Format: CurrentFormat, Parts: not null, Claim: not null, Proven: not null, ReportedUnproven: not null }
                && content.Parts.All(part => part is { Protocol: not null, Proven: not null, Seeds: not null, DrawEntropy: not null, EvidenceSha256: not null })
                && Encoding.ASCII.GetString(content.ToDocument()) == document ? content : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvariantException or FormatException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>One part of a certificate.</summary>
/// <param name="Protocol">Workload, shape, rounds and strictness.</param>
/// <param name="Attempts">How often the part was begun; the bound is over all of them.</param>
/// <param name="Seeds">seed_0 of each device, 32 bytes each.</param>
/// <param name="StartedAt">t0 by the marketplace's clock.</param>
/// <param name="RootsAt">t1 by the marketplace's clock.</param>
/// <param name="DrawEntropy">What the units to open were drawn from, after t1.</param>
/// <param name="EvidenceSha256">The hash of roots and openings, see <see cref="PartEvidence.Hash"/>.</param>
/// <param name="UndetectedPartsPerMillion">f* of the part, rounded up.</param>
/// <param name="MissingPartsPerMillion">
/// What the proven figures leave off, rounded up: f*, and of a processor's memory what it could have recomputed with the int8 rate of the claim.
/// </param>
/// <param name="Proven">The figures it proves for each device.</param>
public sealed record CertifiedPart(
    CertifiedProtocol Protocol,
    int Attempts,
    byte[] Seeds,
    Instant StartedAt,
    Instant RootsAt,
    byte[] DrawEntropy,
    byte[] EvidenceSha256,
    int UndetectedPartsPerMillion,
    int MissingPartsPerMillion,
    Capacity Proven)
{
    /// <summary>A fraction in millionths, rounded up.</summary>
    public static int PartsPerMillion(double fraction) => (int)Math.Ceiling(1e6 * fraction);
}

/// <summary>The parameters of a part as certificates name them; see <see cref="ProofParameters"/>.</summary>
/// <param name="Name">The workload's name.</param>
/// <param name="Devices">Devices.</param>
/// <param name="Rounds">Rounds.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns.</param>
/// <param name="Depth">Depth.</param>
/// <param name="Lag">Lag.</param>
/// <param name="Draws">Draws.</param>
/// <param name="Epsilon">Epsilon as decimal text.</param>
public sealed record CertifiedProtocol(string Name, int Devices, int Rounds, int Rows, int Columns, int Depth, int Lag, int Draws, string Epsilon)
{
    /// <summary>Decimal text of a fraction.</summary>
    public static string Text(double fraction) => fraction.ToString("0.############", CultureInfo.InvariantCulture);

    /// <summary>The parameters as texts and integers.</summary>
    public static CertifiedProtocol Of(ProofParameters p)
    {
        ArgumentNullException.ThrowIfNull(p);
        return new(p.Workload.Name(), p.Devices, p.Rounds, p.Rows, p.Columns, p.Depth, p.Lag, p.Draws, Text(p.Epsilon));
    }

    /// <summary>The parameters, or null where they are none.</summary>
    public ProofParameters? ToParameters()
    {
        try
        {
            return WorkloadNames.Parse(Name) is { } workload && double.TryParse(Epsilon, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var epsilon)
                ? new ProofParameters(workload, Devices, Rounds, Rows, Columns, Depth, Lag, Draws, epsilon)
                : null;
        }
        catch (Exception outside) when (outside is ArgumentException or OverflowException)
        {
            return null;
        }
    }
}
