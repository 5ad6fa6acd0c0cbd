using System.Buffers.Binary;
using System.Security.Cryptography;
using Marketplace.Verification.Protocol;

namespace Marketplace.Verification.Tests.Protocol;

/// <summary>A slow prover by the server's own product; a hook lets a test cheat on single tiles.</summary>
internal sealed class HonestProver
{
    private readonly ProofParameters parameters;
    private readonly ulong[][] digests;
    private readonly byte[][] nodes;

    public HonestProver(ProofParameters parameters, byte[] seed, Func<TileAddress, ulong, ulong>? cheat = null)
    {
        this.parameters = parameters;
        var side = parameters.TilesPerSide;
        Roots = new byte[parameters.Rounds * 32];
        digests = new ulong[parameters.Rounds][];
        nodes = new byte[parameters.Rounds][];
        var current = (byte[])seed.Clone();
        var product = new TileProduct(parameters.Size);
        for (var t = 0; t < parameters.Rounds; t++)
        {
            (digests[t], nodes[t]) = (new ulong[side * side], new byte[side * 32]);
            for (var i = 0; i < side * side; i++)
            {
                var digest = TileDigest.Compute(product.Compute(current, i / side, i % side));
                digests[t][i] = cheat?.Invoke(new TileAddress(t, i / side, i % side), digest) ?? digest;
            }

            DigestTree.Build(digests[t], side, nodes[t], Roots.AsSpan(t * 32, 32));
            var lagged = t - parameters.Lag;
            SeedChain.Next(t + 1, current, lagged >= 0 ? Roots.AsSpan(lagged * 32, 32) : default, current);
        }
    }

    public byte[] Roots { get; }

    public List<RoundOpening> Open(IReadOnlyList<TileAddress> drawn)
    {
        var side = parameters.TilesPerSide;
        return [.. drawn.GroupBy(tile => tile.Round).Select(round => new RoundOpening(
            round.Key,
            (byte[])nodes[round.Key].Clone(),
            [.. round.Select(tile => tile.Row).Distinct().Select(row => new RowOpening(row, digests[round.Key][(row * side)..((row + 1) * side)]))]))];
    }

    public static byte[] Bytes(int number)
    {
        Span<byte> input = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(input, number);
        return SHA256.HashData(input);
    }
}
