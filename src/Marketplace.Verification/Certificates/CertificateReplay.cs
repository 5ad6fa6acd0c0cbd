using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using NodaTime;

namespace Marketplace.Verification.Certificates;

/// <summary>One thing that was checked.</summary>
/// <param name="Name">Which.</param>
/// <param name="Holds">Whether it holds.</param>
/// <param name="Detail">What was found.</param>
public sealed record CertificateStep(string Name, bool Holds, string Detail);

/// <summary>What replaying a certificate found.</summary>
/// <param name="Steps">In order; the first that does not hold is the last, but for the dates.</param>
/// <param name="Content">What it says; null where it can't be read.</param>
/// <param name="IsExpired">Whether everything else holds and its time is over.</param>
public sealed record CertificateVerdict(IReadOnlyList<CertificateStep> Steps, CertificateContent? Content, bool IsExpired)
{
    /// <summary>Whether everything holds.</summary>
    public bool Holds => Steps.All(step => step.Holds);
}

/// <summary>
/// Replays the whole check of a certificate, with no server and no trust but in the marketplace's public key and clock: form, signature,
/// evidence, and for each part the chain of seeds, the draw, the paths and every drawn unit; then the figures by the bound, the claim and the dates.
/// </summary>
public static class CertificateReplay
{
    /// <summary>Checks a certificate.</summary>
    /// <param name="document">The signed document.</param>
    /// <param name="keyId">The key that is said to have signed it.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="evidence">Roots and openings of each part.</param>
    /// <param name="publicKey">The marketplace's key of that id: SubjectPublicKeyInfo, DER.</param>
    /// <param name="now">The date to judge by.</param>
    public static CertificateVerdict Check(
        string document, string keyId, byte[] signature, IReadOnlyList<PartEvidence> evidence, ReadOnlySpan<byte> publicKey, Instant now)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var steps = new List<CertificateStep>();
        var content = CertificateContent.TryRead(document);
        if (!Step("form", content is not null, content is null ? "not a canonical certificate of a known form" : $"certificate {content.CertificateId} of {content.MachineId}")
            || !Step("signature", content!.KeyId == keyId && IsSigned(document, signature, publicKey), $"ECDSA P-256 by key {content.KeyId}")
            || !Step("evidence", IsTheEvidence(content, evidence), $"{content.Parts.Count} parts, {evidence.Sum(e => (long)e.Roots.Length + (e.Openings?.Length ?? 0))} bytes by their SHA-256"))
        {
            return new CertificateVerdict(steps, content, false);
        }

        for (var i = 0; i < content.Parts.Count; i++)
        {
            var (holds, detail) = Replay(content.Parts[i], content, evidence[i]);
            if (!Step($"part {i + 1}: {content.Parts[i].Protocol.Name}", holds, detail)) return new CertificateVerdict(steps, content, false);
        }

        if (!Step("claim", MeetsClaim(content), $"proven is the sum of the parts and at least {content.AcceptedFraction} of the claim")) return new CertificateVerdict(steps, content, false);
        var inOrder = content.Parts.All(part => part.RootsAt <= content.IssuedAt) && content.IssuedAt <= now && content.ExpiresAt == content.IssuedAt + CertificateDocument.Validity;
        if (!Step("dates", inOrder, $"issued {content.IssuedAt}")) return new CertificateVerdict(steps, content, false);
        var isExpired = now >= content.ExpiresAt;
        Step("expiry", !isExpired, $"{(isExpired ? "expired" : "holds until")} {content.ExpiresAt}");
        return new CertificateVerdict(steps, content, isExpired);

        bool Step(string name, bool holds, string detail)
        {
            steps.Add(new CertificateStep(name, holds, detail));
            return holds;
        }
    }

    private static bool IsSigned(string document, byte[] signature, ReadOnlySpan<byte> publicKey)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out _);
            return key.VerifyData(Encoding.ASCII.GetBytes(document), signature, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool IsTheEvidence(CertificateContent content, IReadOnlyList<PartEvidence> evidence) =>
        content.Parts.Count == evidence.Count
        && content.Parts.Count > 0
        && content.Parts.Zip(evidence).All(pair => pair.Second.Openings is not null && pair.Second.Hash().AsSpan().SequenceEqual(pair.First.EvidenceSha256));

    private static (bool Holds, string Detail) Replay(CertifiedPart part, CertificateContent content, PartEvidence evidence)
    {
        if (part.Protocol.ToParameters() is not { } parameters) return (false, "the parameters are outside their ranges");
        if (part.Seeds.Length != parameters.SeedsLength || part.DrawEntropy.Length != UnitDraw.EntropyLength || parameters.Devices != content.GpuCount || part.Attempts < 1)
            return (false, "seeds, draw, devices or attempts do not fit the parameters");
        var drawn = UnitDraw.Draw(parameters, part.DrawEntropy);
        var outcome = ProofCheck.Check(parameters, part.Seeds, evidence.Roots, drawn, evidence.Openings);
        if (!outcome.Holds) return (false, $"{outcome.Fault} at {outcome.Unit}");
        var elapsed = part.RootsAt - part.StartedAt;
        var proven = ProvenFigures.Of(parameters, elapsed, part.Attempts, content.Claim);
        if (proven is null) return (false, "no time has passed");
        var undetected = CertifiedPart.PartsPerMillion(parameters.UndetectedFractionAfter(part.Attempts));
        var missing = CertifiedPart.PartsPerMillion(ProvenFigures.MissingFraction(parameters, elapsed, part.Attempts, content.Claim));
        return (
            proven == part.Proven && undetected == part.UndetectedPartsPerMillion && missing == part.MissingPartsPerMillion,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{drawn.Count} of {parameters.TotalUnits} units recomputed, f* {undetected / 1e4:0.##} % after {part.Attempts} attempts{(missing > undetected ? $", {missing / 1e4:0.##} % with what may be recomputed" : "")}, {elapsed.TotalSeconds:0.###} s"));
    }

    private static bool MeetsClaim(CertificateContent content)
    {
        var sum = content.Parts.Select(part => part.Proven).Aggregate(ProvenFigures.Add);
        return sum == content.Proven
            && double.TryParse(content.AcceptedFraction, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var fraction)
            && Enum.GetValues<Workload>().All(workload => ProvenFigures.Suffice(workload, content.Proven, content.Claim, fraction));
    }
}
