namespace Marketplace.Verification.Certificates;

/// <summary>A signed certificate as it is published.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Document">The canonical JSON that is signed, byte for byte (it is ASCII).</param>
/// <param name="KeyId">Which of the marketplace's keys signed it.</param>
/// <param name="Signature">ECDSA P-256 with SHA-256 over the document, 64 bytes.</param>
public sealed record Certificate(CertificateId Id, string Document, string KeyId, byte[] Signature);
