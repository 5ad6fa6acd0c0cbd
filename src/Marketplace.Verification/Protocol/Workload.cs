namespace Marketplace.Verification.Protocol;

/// <summary>What a part of a proof makes a machine do. Another generator, digest, tree or chain is another workload with another name.</summary>
public enum Workload
{
    /// <summary><c>int8-tiles-2</c>: exact int8 products with int32 sums; see <see cref="TileProduct"/>.</summary>
    Int8Tiles,

    /// <summary><c>bf16-tiles-1</c>: products of integers that bf16 holds, exact in fp32 sums; see <see cref="TileProduct"/>.</summary>
    Bf16Tiles,

    /// <summary><c>fp64-chains-1</c>: dependent IEEE 754 fused multiply-adds; see <see cref="ChainBlock"/>.</summary>
    Fp64Chains,

    /// <summary><c>memory-passes-1</c>: evolving passes over device memory; see <see cref="MemoryBlock"/>.</summary>
    MemoryPasses,
}

/// <summary>The names of workloads on the wire and in certificates.</summary>
public static class WorkloadNames
{
    private static readonly (Workload Workload, string Name)[] All =
    [
        (Workload.Int8Tiles, "int8-tiles-2"),
        (Workload.Bf16Tiles, "bf16-tiles-1"),
        (Workload.Fp64Chains, "fp64-chains-1"),
        (Workload.MemoryPasses, "memory-passes-1"),
    ];

    /// <summary>The name of a workload.</summary>
    public static string Name(this Workload workload) => All[(int)workload].Name;

    /// <summary>The workload of a name, or null where this program does not know it.</summary>
    public static Workload? Parse(string? name)
    {
        foreach (var known in All)
        {
            if (known.Name == name) return known.Workload;
        }

        return null;
    }
}
