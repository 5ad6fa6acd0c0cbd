using System.Buffers.Binary;
using System.Security.Cryptography;
using Marketplace.Verification.Protocol;

namespace Marketplace.Verification.Tests.Protocol;

public sealed class ChainAndTreeTests
{
    [Fact]
    public void The_root_is_the_hash_of_nodes_that_hash_their_rows()
    {
        ulong[] digests = [1, 2, 3, 4];
        var (nodes, root) = (new byte[64], new byte[32]);
        DigestTree.Build(digests, 2, nodes, root);
        byte[] first = SHA256.HashData([.. "node"u8, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
        byte[] second = SHA256.HashData([.. "node"u8, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Equal([.. first, .. second], nodes);
        Assert.Equal(SHA256.HashData([.. "root"u8, 2, 0, 0, 0, .. first, .. second]), root);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_seed_takes_in_the_seed_before_it_and_the_lagged_root(int lag)
    {
        var parameters = new ProofParameters(128, 5, lag, 1, 0.5);
        byte[] roots = [.. Enumerable.Range(1, 5).SelectMany(HonestProver.Bytes)];
        var seeds = SeedChain.Replay(parameters, HonestProver.Bytes(0), roots);
        var expected = HonestProver.Bytes(0);
        for (var t = 0; t < 5; t++)
        {
            Assert.Equal(expected, seeds[(t * 32)..((t + 1) * 32)]);
            var number = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(number, t + 1);
            expected = SHA256.HashData([.. "seed"u8, .. number, .. expected, .. t >= lag ? HonestProver.Bytes(t - lag + 1) : []]);
        }
    }

    [Fact]
    public void The_bound_is_the_formula()
    {
        var parameters = new ProofParameters(1536, 100, 1, 300, 1e-6);
        Assert.Equal(0.0450, parameters.UndetectedFraction, 3);
        Assert.Equal(0.0137, new ProofParameters(1536, 100, 1, 1000, 1e-6).UndetectedFraction, 4);
        Assert.Equal(0.955 * 100 * 2 * Math.Pow(1536, 3) / 2.5, parameters.ProvenOperationsPerSecond(2.5), 0.0005e12);
    }

    [Theory]
    [InlineData(100, 1, 1, 1, 0.5)]
    [InlineData(0, 1, 1, 1, 0.5)]
    [InlineData(32_896, 1, 1, 1, 0.5)]
    [InlineData(128, 0, 1, 1, 0.5)]
    [InlineData(128, 4_097, 1, 1, 0.5)]
    [InlineData(128, 1, -1, 1, 0.5)]
    [InlineData(128, 1, 9, 1, 0.5)]
    [InlineData(128, 1, 1, 0, 0.5)]
    [InlineData(128, 1, 1, 4_097, 0.5)]
    [InlineData(128, 1, 1, 1, 0)]
    [InlineData(128, 1, 1, 1, 1)]
    [InlineData(128, 1, 1, 1, double.NaN)]
    public void Parameters_out_of_range_are_refused(int size, int rounds, int lag, int draws, double epsilon) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProofParameters(size, rounds, lag, draws, epsilon));

    [Fact]
    public void A_draw_is_ordered_and_covers_all_tiles_evenly()
    {
        var parameters = new ProofParameters(256, 8, 1, 64, 1e-6);
        var counts = new Dictionary<TileAddress, int>();
        for (var i = 0; i < 500; i++)
        {
            var drawn = TileDraw.Draw(parameters, HonestProver.Bytes(i));
            Assert.Equal(drawn.OrderBy(t => (t.Round, t.Row, t.Column)).Distinct(), drawn);
            foreach (var tile in drawn) counts[tile] = counts.GetValueOrDefault(tile) + 1;
        }

        // Each of 32 tiles is among 64 draws with the chance 1 - (31/32)^64 = 0.869.
        Assert.Equal(32, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 390, 475));
    }
}
