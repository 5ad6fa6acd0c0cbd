using Marketplace.Client.Models;

namespace Marketplace.BenchmarkWorker.Verify;

/// <summary>A verdict for people.</summary>
internal static class VerdictText
{
    public static string Of(VerificationModel v) => $"{v.VerificationId} for {v.Subject}: claimed {v.Claim.Int8Gops} Gop/s int8, " + v switch
    {
        { State: "held" } => $"proven {v.Proven?.Int8Gops}: passed by itself, the verdict of its window is awaited",
        { State: "passed" } => $"proven {v.Proven?.Int8Gops}: passed, certificate {v.CertificateId}",
        { Failure: "belowClaim" } => $"proven {v.Proven?.Int8Gops?.ToString() ?? "nothing"}: failed, less than is accepted",
        { Failure: "proofInvalid" } => $"failed, the proof does not hold ({v.Fault})",
        { State: "failed" } => "failed, not completed in time",
        _ => v.State,
    };
}
