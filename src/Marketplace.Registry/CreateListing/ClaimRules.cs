using Marketplace.Contracts;

namespace Marketplace.Registry.CreateListing;

/// <summary>Why a claim cannot be made; the first that applies.</summary>
internal enum ClaimRefusal
{
    /// <summary>It states no rate, or something below zero.</summary>
    Empty,

    /// <summary>A machine of a CPU class is rated by its int8 rate: that must be claimed, and bf16 can't be.</summary>
    NotProvable,

    /// <summary>A rate is about twice the dense one of the datasheet: probably the figure with sparsity.</summary>
    LooksSparse,

    /// <summary>It is more than the datasheet states.</summary>
    AboveDatasheet,
}

/// <summary>Decides on claims before any proof: the datasheet bounds them from above.</summary>
internal static class ClaimRules
{
    /// <summary>Why a claim cannot be made for a class, or null.</summary>
    public static ClaimRefusal? Check(Capacity claim, GpuModel model)
    {
        if (claim is { Int8Gops: < 0 } or { Bf16Gflops: < 0 } or { MemoryMB: < 0 } or { MemoryBandwidthMBps: < 0 } or { Fp64Gflops: < 0 }) return ClaimRefusal.Empty;
        if (claim is { Int8Gops: 0, Bf16Gflops: 0 }) return ClaimRefusal.Empty;
        if (model.ProvenOnCpu)
        {
            return claim is { Int8Gops: > 0, Bf16Gflops: 0 } ? null : ClaimRefusal.NotProvable;
        }

        var sheet = model.Datasheet;
        if (LooksSparse(claim.Int8Gops, sheet.Int8Gops) || LooksSparse(claim.Bf16Gflops, sheet.Bf16Gflops)) return ClaimRefusal.LooksSparse;
        return IsAbove(claim.Int8Gops, sheet.Int8Gops)
            || IsAbove(claim.Bf16Gflops, sheet.Bf16Gflops)
            || IsAbove(claim.MemoryMB, sheet.MemoryMB)
            || IsAbove(claim.MemoryBandwidthMBps, sheet.MemoryBandwidthMBps)
            || IsAbove(claim.Fp64Gflops, sheet.Fp64Gflops)
            ? ClaimRefusal.AboveDatasheet
            : null;
    }

    // Sparsity doubles the rate on paper; datasheets round, so a tenth either way still looks like it.
    private static bool LooksSparse(long claimed, long dense) =>
        dense > 0 && (Int128)claimed * 10 >= (Int128)dense * 19 && (Int128)claimed * 10 <= (Int128)dense * 21;

    private static bool IsAbove(long claimed, long stated) => stated > 0 && claimed > stated;
}
