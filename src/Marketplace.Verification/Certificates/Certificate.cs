using Marketplace.Verification.Sessions;

namespace Marketplace.Verification.Certificates;

/// <summary>A signed certificate as it is kept.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Document">The canonical JSON that is signed, byte for byte (it is ASCII).</param>
/// <param name="KeyId">Which of the marketplace's keys signed it.</param>
/// <param name="Signature">ECDSA P-256 with SHA-256 over the document, 64 bytes.</param>
/// <param name="MachineId">The machine it is of.</param>
/// <param name="VerificationId">The session it is of.</param>
public sealed record Certificate(
    CertificateId Id, string Document, string KeyId, byte[] Signature, MachineId MachineId, VerificationId VerificationId);

/// <summary>A certificate with everything that it takes to replay its proof.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="Evidence">What the worker showed for each part; the document has its hashes.</param>
public sealed record PublishedCertificate(Certificate Certificate, IReadOnlyList<PartEvidence> Evidence);
