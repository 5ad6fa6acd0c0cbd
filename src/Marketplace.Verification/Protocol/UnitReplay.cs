namespace Marketplace.Verification.Protocol;

/// <summary>
/// The server's own way to the digest of any unit of a device, from nothing but the device's seeds. Not thread-safe: it keeps its buffers,
/// of at most 17 MB.
/// </summary>
public sealed class UnitReplay
{
    private readonly ProofParameters parameters;
    private readonly TileProduct? product;
    private readonly double[] constants;
    private readonly ulong[] words;
    private readonly ulong[] keys;

    /// <summary>Makes the buffers.</summary>
    public UnitReplay(ProofParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        this.parameters = parameters;
        product = parameters.IsTiles ? new TileProduct(parameters.Workload, parameters.Depth) : null;
        constants = parameters.Workload == Workload.Fp64Chains ? new double[parameters.Depth] : [];
        words = parameters.Workload == Workload.MemoryPasses ? new ulong[MemoryBlock.Words / parameters.Columns] : [];
        keys = parameters.Workload == Workload.MemoryPasses ? new ulong[parameters.Rounds] : [];
    }

    /// <summary>The right digest of a unit.</summary>
    /// <param name="seeds">The seeds of the device's rounds, 32 bytes each, at least up to the round of the unit.</param>
    /// <param name="round">The round.</param>
    /// <param name="unit">The unit.</param>
    public ulong Digest(ReadOnlySpan<byte> seeds, int round, int unit)
    {
        var seed = seeds.Slice(round * SeedChain.Length, SeedChain.Length);
        return parameters.Workload switch
        {
            Workload.Fp64Chains => Chains(seed, unit),
            Workload.MemoryPasses => Memory(seeds, round, unit),
            _ => UnitDigest.OfTile(product!.Compute(seed, unit / TileColumns, unit % TileColumns)),
        };
    }

    private int TileColumns => parameters.Columns / ProofParameters.TileSize;

    private ulong Chains(ReadOnlySpan<byte> seed, int block)
    {
        Span<double> chains = stackalloc double[ChainBlock.Chains];
        ChainBlock.Constants(seed, constants);
        ChainBlock.Starts(seed, block, chains);
        ChainBlock.Run(constants, chains);
        return ChainBlock.Digest(chains);
    }

    private ulong Memory(ReadOnlySpan<byte> seeds, int pass, int unit)
    {
        for (var p = 0; p <= pass; p++) keys[p] = MemoryBlock.Key(seeds.Slice(p * SeedChain.Length, SeedChain.Length));
        return MemoryBlock.Replay(keys.AsSpan(0, pass + 1), parameters.Depth, unit, words);
    }
}
