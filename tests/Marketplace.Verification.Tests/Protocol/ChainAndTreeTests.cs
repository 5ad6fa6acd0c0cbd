using System.Buffers.Binary;
using System.Security.Cryptography;
using Marketplace.Verification.Protocol;

namespace Marketplace.Verification.Tests.Protocol;

public sealed class ChainAndTreeTests
{
    private static ulong[] Digests(int count) => [.. Enumerable.Range(0, count).Select(i => BinaryPrimitives.ReadUInt64LittleEndian(HonestProver.Bytes(i)))];

    private static byte[] Root(ulong[] digests)
    {
        var (nodes, root) = (new byte[DigestTree.NodeCount(digests.Length) * 32], new byte[32]);
        DigestTree.Nodes(digests, nodes);
        DigestTree.Root(digests.Length, nodes, root);
        return root;
    }

    [Fact]
    public void The_root_is_the_hash_of_pairs_of_nodes_that_hash_their_groups()
    {
        var digests = Digests(70);
        byte[] Node(int group) => SHA256.HashData([
            .. "node"u8, (byte)group, 0, 0, 0, .. digests.Skip(32 * group).Take(32).SelectMany(BitConverter.GetBytes)]);
        var pair = SHA256.HashData([.. "pair"u8, .. Node(0), .. Node(1)]);
        var top = SHA256.HashData([.. "pair"u8, .. pair, .. Node(2)]);
        Assert.Equal(SHA256.HashData([.. "root"u8, 70, 0, 0, 0, .. top]), Root(digests));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(159)]
    [InlineData(160)]
    [InlineData(161)]
    [InlineData(225)]
    public void Every_unit_opens_to_the_root_and_to_its_own_digest(int units)
    {
        var digests = Digests(units);
        var (root, followed) = (Root(digests), new byte[32]);
        for (var unit = 0; unit < units; unit++)
        {
            var opening = new byte[DigestTree.OpeningLength(units, unit)];
            DigestTree.Open(digests, [unit], opening);
            Assert.Equal(digests[unit], DigestTree.Follow(units, unit, opening, followed));
            Assert.Equal(root, followed);

            // Its place is part of the path: the same opening leads nowhere from elsewhere.
            var other = (unit + 32) % units;
            if (other / 32 == unit / 32 || DigestTree.OpeningLength(units, other) != opening.Length) continue;
            DigestTree.Follow(units, other, opening, followed);
            Assert.NotEqual(root, followed);
        }
    }

    [Fact]
    public void An_opening_of_a_large_round_is_608_bytes() => Assert.Equal(608, DigestTree.OpeningLength(65_536, 12_345));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_seed_takes_in_the_seed_before_it_and_the_lagged_root(int lag)
    {
        byte[] roots = [.. Enumerable.Range(1, 5).SelectMany(HonestProver.Bytes)];
        var seeds = SeedChain.Replay(lag, HonestProver.Bytes(0), roots);
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
        var parameters = Shapes.Int8(1536, 100, 300);
        Assert.Equal(0.0450, parameters.UndetectedFraction, 3);
        Assert.Equal(0.0137, Shapes.Int8(1536, 100, 1000).UndetectedFraction, 4);
        Assert.Equal(0.955 * 100 * 2 * Math.Pow(1536, 3) / 2.5, parameters.ProvenWorkPerSecond(2.5), 0.0005e12);
        Assert.Equal(1 - Math.Pow(1e-6 / 5, 1 / 300.0), parameters.UndetectedFractionAfter(5), 12);
    }

    [Fact]
    public void Work_is_counted_over_all_devices_and_the_first_pass_only_writes()
    {
        Assert.Equal(2.0 * 2 * 3 * 256 * 384 * 128, Shapes.Bf16.TotalWork);
        Assert.Equal(2.0 * 2 * 5 * 40 * 128 * 128, Shapes.Fp64.TotalWork);
        Assert.Equal(2.0 * 7 * 3 * 262_144, Shapes.Memory.TotalWork);
        Assert.Equal(3 * 262_144, Shapes.Memory.ResidentBytes);
        Assert.Equal(Shapes.Memory.TotalWork, Shapes.ProcessorMemory.TotalWork);
        Assert.Equal((4 * Shapes.Memory.TotalUnits, Shapes.Memory.ResidentBytes), (Shapes.ProcessorMemory.TotalUnits, Shapes.ProcessorMemory.ResidentBytes));
        var memory = Shapes.Memory;
        Assert.Equal((14 - (16 * memory.UndetectedFraction)) * 3 * 262_144 / 2, memory.ProvenWorkPerSecond(2), 1e-3);
    }

    public static TheoryData<Workload, int, int, int, int, int, int, int, double> OutOfRange => new()
    {
        { Workload.Int8Tiles, 1, 1, 100, 128, 128, 1, 1, 0.5 },
        { Workload.Int8Tiles, 1, 1, 128, 0, 128, 1, 1, 0.5 },
        { Workload.Int8Tiles, 1, 1, 131_200, 128, 128, 1, 1, 0.5 },
        { Workload.Int8Tiles, 1, 1, 128, 128, 32_896, 1, 1, 0.5 },
        { Workload.Int8Tiles, 1, 1, 128, 128, 64, 1, 1, 0.5 },
        { Workload.Int8Tiles, 0, 1, 128, 128, 128, 1, 1, 0.5 },
        { Workload.Int8Tiles, 65, 1, 128, 128, 128, 1, 1, 0.5 },
        { Workload.Int8Tiles, 1, 0, 128, 128, 128, 1, 1, 0.5 },
        { Workload.Int8Tiles, 1, 4_097, 128, 128, 128, 1, 1, 0.5 },
        { Workload.Int8Tiles, 2, 2_049, 128, 128, 128, 1, 1, 0.5 },
        { Workload.Int8Tiles, 1, 1, 128, 128, 128, -1, 1, 0.5 },
        { Workload.Int8Tiles, 1, 1, 128, 128, 128, 9, 1, 0.5 },
        { Workload.Int8Tiles, 1, 1, 128, 128, 128, 1, 0, 0.5 },
        { Workload.Int8Tiles, 1, 1, 128, 128, 128, 1, 1_025, 0.5 },
        { Workload.Int8Tiles, 1, 1, 128, 128, 128, 1, 1, 0 },
        { Workload.Int8Tiles, 1, 1, 128, 128, 128, 1, 1, 1 },
        { Workload.Int8Tiles, 1, 1, 128, 128, 128, 1, 1, double.NaN },
        { (Workload)4, 1, 1, 128, 128, 128, 1, 1, 0.5 },
        { Workload.Bf16Tiles, 1, 1, 128, 128, 8_320, 1, 1, 0.5 },
        { Workload.Fp64Chains, 1, 1, 0, 1, 64, 1, 1, 0.5 },
        { Workload.Fp64Chains, 1, 1, 1, 2, 64, 1, 1, 0.5 },
        { Workload.Fp64Chains, 1, 1, 1, 1, 65_600, 1, 1, 0.5 },
        { Workload.Fp64Chains, 1, 1, (1 << 24) + 1, 1, 64, 1, 1, 0.5 },
        { Workload.MemoryPasses, 1, 1, 1, 1, 0, 0, 1, 0.5 },
        { Workload.MemoryPasses, 1, 1, 1, 1, 65, 0, 1, 0.5 },
        { Workload.MemoryPasses, 1, 1, 1, 3, 1, 0, 1, 0.5 },
        { Workload.MemoryPasses, 1, 1, 1, 16, 1, 0, 1, 0.5 },
        { Workload.MemoryPasses, 1, 513, 1, 1, 1, 0, 1, 0.5 },

        // Two passes with known keys are one pass over memory.
        { Workload.MemoryPasses, 1, 1, 1, 1, 1, 1, 1, 0.5 },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void Parameters_out_of_range_are_refused(
        Workload workload, int devices, int rounds, int rows, int columns, int depth, int lag, int draws, double epsilon) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProofParameters(workload, devices, rounds, rows, columns, depth, lag, draws, epsilon));

    [Fact]
    public void A_draw_is_ordered_and_covers_all_units_of_all_devices_evenly()
    {
        var parameters = Shapes.Int8(256, 4, 64, devices: 2);
        var counts = new Dictionary<UnitAddress, int>();
        for (var i = 0; i < 500; i++)
        {
            var drawn = UnitDraw.Draw(parameters, HonestProver.Bytes(i));
            Assert.Equal(drawn.OrderBy(t => (t.Device, t.Round, t.Unit)).Distinct(), drawn);
            foreach (var unit in drawn) counts[unit] = counts.GetValueOrDefault(unit) + 1;
        }

        // Each of 32 units is among 64 draws with the chance 1 - (31/32)^64 = 0.869.
        Assert.Equal(32, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 390, 475));
    }
}
