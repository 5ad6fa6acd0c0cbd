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
        session.Claim.ToModel(),
        WireForms.Name(session.State),
        session.PartIndex,
        session.Parts.Count > 0 ? session.Part.Attempt : 0,
        [.. session.Parts.Select(ToModel)],
        session.RequestedAt.ToWire(),
        session.ExpiresAt.ToWire(),
        session.Outcome?.Failure is { } failure ? WireForms.Name(failure) : null,
        session.Outcome is { Fault: not ProofFault.None and var fault } ? WireForms.Name(fault) : null,
        session.Outcome?.Proven?.ToModel(),
        session.Outcome?.CertificateId?.ToString(),
        session.Outcome?.CompletedAt.ToWire(),
        session.PartOpensAt?.ToWire());

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
        id.ToString(), started.Part, started.Attempt, started.Parameters.ToModel(), Convert.ToBase64String(started.Seeds), started.ExpiresAt.ToWire());

    public static CertificateModel ToModel(this PublishedCertificate published)
    {
        var certificate = published.Certificate;
        return new CertificateModel(
            certificate.Id.ToString(),
            certificate.Document,
            "ES256",
            certificate.KeyId,
            Convert.ToBase64String(certificate.Signature),
            [.. published.Evidence.Select(part => new CertificateEvidenceModel(Convert.ToBase64String(part.Roots), Convert.ToBase64String(part.Openings ?? [])))]);
    }

    public static ResourceTestModel ToTestModel(this VerificationSession session) => new(
        session.Id.ToString(),
        WireForms.Name(session.Purpose),
        session.State == SessionState.Passed,
        session.Outcome?.Failure is { } failure ? WireForms.Name(failure) : null,
        session.Outcome is { Fault: not ProofFault.None and var fault } ? WireForms.Name(fault) : null,
        session.GpuCount,
        session.Claim.ToModel(),
        session.Outcome?.Proven?.ToModel(),
        [.. session.Parts.Select(ToModel)],
        session.Outcome?.CertificateId?.ToString(),
        session.Reported?.WorkerVersion,
        session.Reported?.WorkerSha256,
        session.RequestedAt.ToWire(),
        session.Outcome?.CompletedAt.ToWire());

    private static VerificationPartModel ToModel(SessionPart part) => new(
        part.Parameters.ToModel(), part.Attempt, part.Challenge?.StartedAt.ToWire(), part.Answer?.ReceivedAt.ToWire(), part.Proven?.ToModel());

    private static ProofProtocolModel ToModel(this ProofParameters parameters) => new(
        parameters.Workload.Name(),
        parameters.Devices,
        parameters.Rounds,
        parameters.Rows,
        parameters.Columns,
        parameters.Depth,
        parameters.Lag,
        parameters.Draws,
        CertifiedProtocol.Text(parameters.Epsilon));
}
