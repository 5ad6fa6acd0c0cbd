using Marketplace.Verification.Protocol;

namespace Marketplace.Verification.Tests.Protocol;

public sealed class ChainBlockTests
{
    private static (double[] Constants, double[] Chains) Round(int seed, int steps, int block = 0)
    {
        var (constants, chains) = (new double[steps], new double[ChainBlock.Chains]);
        ChainBlock.Constants(HonestProver.Bytes(seed), constants);
        ChainBlock.Starts(HonestProver.Bytes(seed), block, chains);
        return (constants, chains);
    }

    [Fact]
    public void Vectors_give_the_bits_of_single_steps()
    {
        var (constants, chains) = Round(1, 2_048, 7);
        var portable = (double[])chains.Clone();
        ChainBlock.Run(constants, chains);
        ChainBlock.RunPortably(constants, portable);
        Assert.Equal(portable.Select(BitConverter.DoubleToInt64Bits), chains.Select(BitConverter.DoubleToInt64Bits));
    }

    [Fact]
    public void Known_digests_stay_what_they_were()
    {
        var (constants, chains) = Round(1, 4_096, 3);
        ChainBlock.Run(constants, chains);
        Assert.Equal(15075137693877417819UL, ChainBlock.Digest(chains));
    }

    /// <summary>Bounded and never subnormal, so that no step takes longer than another and none is NaN.</summary>
    [Fact]
    public void Values_stay_in_the_normal_range_at_every_step()
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var (constants, chains) = Round(seed, 4_096);
            Assert.All(constants, c => Assert.InRange(c, -1.925, -1.8));
            Assert.All(chains, x => Assert.InRange(x, -0.5, 0.5));
            for (var s = 0; s < constants.Length; s++)
            {
                ChainBlock.Run(constants.AsSpan(s, 1), chains);
                Assert.All(chains, x => Assert.True(Math.Abs(x) <= 1.925 && (x == 0 || Math.Abs(x) > 1e-40), $"seed {seed} step {s}: {x}"));
            }
        }
    }

    /// <summary>No part of the run may be left out. A map that forgets would let a cheat do only the last steps.</summary>
    [Fact]
    public void An_error_grows_until_every_bit_is_wrong()
    {
        var (constants, chains) = Round(2, 200);
        var off = chains.Select(x => x + 1e-9).ToArray();
        ChainBlock.Run(constants, chains);
        ChainBlock.Run(constants, off);
        var distances = chains.Zip(off, (x, y) => Math.Abs(x - y)).Order().ToArray();
        Assert.InRange(distances[ChainBlock.Chains / 2], 0.1, 2);
        Assert.True(distances[0] > 1e-9);
    }

    /// <summary>The mean of ln|2x| is by how much an error grows at each step: over zero means that nothing is forgotten.</summary>
    [Fact]
    public void Errors_grow_by_half_or_more_at_each_step_on_average()
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var (constants, chains) = Round(seed, 2_048);
            var growth = 0.0;
            for (var s = 0; s < constants.Length; s++)
            {
                ChainBlock.Run(constants.AsSpan(s, 1), chains);
                growth += chains.Average(x => Math.Log(Math.Abs(2 * x) + 1e-300));
            }

            Assert.InRange(Math.Exp(growth / constants.Length), 1.5, 2);
        }
    }

    [Fact]
    public void Chains_of_a_round_do_not_fall_together()
    {
        var ends = new HashSet<double>();
        for (var block = 0; block < 64; block++)
        {
            var (constants, chains) = Round(3, 4_096, block);
            ChainBlock.Run(constants, chains);
            foreach (var x in chains) Assert.True(ends.Add(x));
        }
    }
}
