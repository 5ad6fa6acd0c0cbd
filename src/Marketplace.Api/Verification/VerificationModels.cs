using System.Globalization;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Verification.Certificates;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using Marketplace.Verification.StartVerification;

namespace Marketplace.Api.Verification;

/// <summary>Sessions and certificates as they go over the wire.</summary>
internal static class VerificationModels
{
    public static VerificationModel ToModel(this VerificationSession session) => new(
        session.Id.ToString(),
        WireForms.Name(session.Purpose),
        session.Subject,
        session.MachineId.ToString(),
        session.Model.ToString(),
        session.GpuCount,
        session.Claim.Int8Gops,
        WireForms.Name(session.State),
        session.Attempt,
        session.RequestedAt.ToWire(),
        session.ExpiresAt.ToWire(),
        session.Outcome?.Failure is { } failure ? WireForms.Name(failure) : null,
        session.Outcome is { Fault: not ProofFault.None and var fault } ? WireForms.Name(fault) : null,
        session.Outcome?.Proven?.Int8Gops,
        session.Outcome?.CertificateId?.ToString(),
        session.Outcome?.CompletedAt.ToWire());

    public static StartedVerificationModel ToModel(this StartedVerification started, VerificationId id) => new(
        id.ToString(),
        started.Attempt,
        new ProofProtocolModel(
            started.Parameters.Workload.Name(),
            started.Parameters.Devices,
            started.Parameters.Rounds,
            started.Parameters.Rows,
            started.Parameters.Columns,
            started.Parameters.Depth,
            started.Parameters.Lag,
            started.Parameters.Draws,
            started.Parameters.Epsilon.ToString("0.############", CultureInfo.InvariantCulture)),
        Convert.ToBase64String(started.Seeds),
        started.ExpiresAt.ToWire());

    public static CertificateModel ToModel(this Certificate certificate) => new(
        certificate.Id.ToString(), certificate.Document, "ES256", certificate.KeyId, Convert.ToBase64String(certificate.Signature));
}
