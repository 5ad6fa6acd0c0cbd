using System.Globalization;
using Marketplace.Client.Models;

namespace Marketplace.BenchmarkWorker.Verify;

/// <summary>A verdict for people.</summary>
internal static class VerdictText
{
    public static string Of(VerificationModel v) => $"{v.VerificationId} for {v.Subject}: claimed {Figures(v.Claim)}, " + v switch
    {
        { State: "held" } => $"proven {Figures(v.Proven)}: passed by itself, the verdict of its window is awaited",
        { State: "passed" } => $"proven {Figures(v.Proven)}: passed, certificate {v.CertificateId}",
        { Failure: "belowClaim" } => $"proven {Figures(v.Proven)}: failed, less than is accepted",
        { Failure: "proofInvalid" } => $"failed, the proof does not hold ({v.Fault})",
        { State: "failed" } => "failed, not completed in time",
        _ => v.State,
    };

    private static string Figures(CapacityModel? capacity)
    {
        (long? Value, string Unit)[] all =
        [
            (capacity?.Int8Gops, "Gop/s int8"),
            (capacity?.Bf16Gflops, "GFLOP/s bf16"),
            (capacity?.Fp64Gflops, "GFLOP/s fp64"),
            (capacity?.MemoryMB, "MB memory"),
            (capacity?.MemoryBandwidthMBps, "MB/s memory"),
        ];
        var told = all.Where(figure => figure.Value > 0).Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Value} {figure.Unit}")).ToList();
        return told.Count == 0 ? "nothing" : string.Join(", ", told);
    }
}
