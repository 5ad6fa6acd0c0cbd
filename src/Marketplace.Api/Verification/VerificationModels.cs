using System.Globalization;
using Marketplace.Api.Registry;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Verification.Certificates;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Reverification;
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
        session.Outcome?.CompletedAt.ToWire(),
        session.OpensAt?.ToWire());

    public static RecheckWindowModel ToModel(this RecheckWindow window) => new(
        window.Id.ToString(),
        window.Provider.ToString(),
        WireForms.Name(window.Cause),
        window.Try,
        window.AnnouncedAt.ToWire(),
        window.OpensAt.ToWire(),
        window.ClosesAt.ToWire(),
        window.DecidedAt is null ? "open" : window.HaveAllPassed ? "passed" : window.IsRepeated ? "repeated" : "failed",
        window.HoldsTogether,
        [.. window.Machines.Select(machine => ToModel(window, machine))],
        window.DecidedAt?.ToWire());

    private static RecheckedMachineModel ToModel(RecheckWindow window, RecheckedMachine machine)
    {
        var verdict = window.DecidedAt is null ? null : WindowRules.Verdict(window, machine);
        return new RecheckedMachineModel(
            machine.MachineId.ToString(),
            machine.VerificationId.ToString(),
            machine.GpuCount,
            machine.Claim.ToModel(),
            machine.IsLeased,
            verdict?.Passed,
            verdict?.Failure is { } failure ? WireForms.Name(failure) : null,
            verdict?.Proven?.ToModel());
    }

    public static StartedVerificationModel ToModel(this StartedVerification started, VerificationId id) => new(
        id.ToString(),
        started.Attempt,
        new ProofProtocolModel(
            ProofParameters.ProtocolName,
            started.Parameters.Size,
            started.Parameters.Rounds,
            ProofParameters.TileSize,
            started.Parameters.Lag,
            started.Parameters.Draws,
            started.Parameters.Epsilon.ToString("0.############", CultureInfo.InvariantCulture)),
        Convert.ToBase64String(started.Seed),
        started.ExpiresAt.ToWire());

    public static CertificateModel ToModel(this Certificate certificate) => new(
        certificate.Id.ToString(), certificate.Document, "ES256", certificate.KeyId, Convert.ToBase64String(certificate.Signature));
}
