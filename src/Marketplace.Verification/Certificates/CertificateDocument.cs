using System.Text;
using Marketplace.Contracts;
using Marketplace.Verification.Sessions;
using NodaTime;

namespace Marketplace.Verification.Certificates;

/// <summary>Writes and signs the certificate of a passed session.</summary>
internal static class CertificateDocument
{
    /// <summary>How long a certificate holds.</summary>
    public static readonly Duration Validity = Duration.FromDays(30);

    public static Certificate Sign(VerificationSession session, ICertificateSigner signer)
    {
        InvariantException.Require(
            session is { State: SessionState.Passed, Reported: not null, Outcome: { CertificateId: not null, Proven: not null } },
            "Only a passed verification has a certificate.");
        var id = session.Outcome.CertificateId.Value;
        var document = Content(session, id, signer.KeyId).ToDocument();
        return new Certificate(id, Encoding.ASCII.GetString(document), signer.KeyId, signer.Sign(document), session.MachineId, session.Id);
    }

    private static CertificateContent Content(VerificationSession session, CertificateId id, string keyId) => new(
        CertificateContent.CurrentFormat,
        id,
        keyId,
        session.Id,
        session.Purpose,
        session.Subject,
        session.Provider,
        session.MachineId,
        session.Model,
        session.GpuCount,
        CertifiedProtocol.Text(session.AcceptedFraction),
        session.Claim,
        session.Outcome!.Proven!,
        [.. session.Parts.Select(part => Part(part, session.Claim))],
        session.Reported!,
        session.Outcome.CompletedAt,
        session.Outcome.CompletedAt + Validity);

    private static CertifiedPart Part(SessionPart part, Capacity claim) => new(
        CertifiedProtocol.Of(part.Parameters),
        part.Attempt,
        part.Challenge!.Seeds,
        part.Challenge.StartedAt,
        part.Answer!.ReceivedAt,
        part.Answer.DrawEntropy,
        part.EvidenceHash!,
        CertifiedPart.PartsPerMillion(part.Parameters.UndetectedFractionAfter(part.Attempt)),
        CertifiedPart.PartsPerMillion(ProvenFigures.MissingFraction(part.Parameters, part.Answer.ReceivedAt - part.Challenge.StartedAt, part.Attempt, claim)),
        part.Proven!);
}
