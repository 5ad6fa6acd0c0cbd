using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Kernels;

/// <summary>
/// Compares a kernel with the server's own way to a tile before the first round: a processor or runtime that computes wrongly would
/// otherwise only show as a failed verification.
/// </summary>
internal static class SelfTest
{
    private const int Size = 256;

    /// <summary>Computes one round and compares every tile.</summary>
    /// <exception cref="InvariantException">The kernel is wrong on this machine.</exception>
    public static void Run(Int8Kernel kernel)
    {
        var seed = new byte[SeedChain.Length];
        var digests = new ulong[Size / Int8Kernel.Block * (Size / Int8Kernel.Block)];
        new RoundEngine(kernel, Size, 1).Run(seed, digests);
        var product = new TileProduct(Workload.Int8Tiles, Size);
        for (var i = 0; i < digests.Length; i++)
        {
            var side = Size / Int8Kernel.Block;
            InvariantException.Require(
                digests[i] == UnitDigest.OfTile(product.Compute(seed, i / side, i % side)), $"The kernel '{kernel.Name}' computes exactly on this processor.");
        }
    }
}
