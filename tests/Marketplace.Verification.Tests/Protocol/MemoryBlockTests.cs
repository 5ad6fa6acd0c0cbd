using System.Numerics;
using Marketplace.Verification.Protocol;

namespace Marketplace.Verification.Tests.Protocol;

public sealed class MemoryBlockTests
{
    private static ulong[] Keys(int count) => [.. Enumerable.Range(0, count).Select(i => MemoryBlock.Key(HonestProver.Bytes(i)))];

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(ProofParameters.MaxBlocks - 1)]
    public void Passes_over_a_kept_block_equal_the_replay_from_keys_alone(int block)
    {
        var (keys, kept, replayed) = (Keys(5), new ulong[MemoryBlock.Words], new ulong[MemoryBlock.Words]);
        for (var p = 0; p < keys.Length; p++)
        {
            var digest = MemoryBlock.Pass(kept, block, keys[p]);
            Assert.Equal(digest, MemoryBlock.Replay(keys.AsSpan(0, p + 1), block, replayed));
            Assert.Equal(kept, replayed);
        }
    }

    [Fact]
    public void Vectors_mix_as_single_words_do()
    {
        var (keys, by256, portable) = (Keys(9), new ulong[32], new ulong[32]);
        foreach (var first in new[] { 0UL, 12_345UL, (1UL << 39) - 32 })
        {
            MemoryBlock.MixTogether(keys, first, by256);
            MemoryBlock.MixPortably(keys, first, portable);
            Assert.Equal(portable, by256);
        }
    }

    [Fact]
    public void Known_digests_stay_what_they_were() => Assert.Equal(15288816624234793369UL, MemoryBlock.Replay(Keys(3), 9, new ulong[MemoryBlock.Words]));

    /// <summary>After two passes each bit of the first word's state has moved about half of all bits: nothing shorter gives the word.</summary>
    [Fact]
    public void Any_changed_bit_spreads_over_the_word_within_two_passes()
    {
        var keys = Keys(2);
        for (var bit = 0; bit < 64; bit++)
        {
            var flipped = 0;
            for (var i = 0UL; i < 200; i++)
            {
                var word = MemoryBlock.Mix(i, keys[0], i) ^ MemoryBlock.Mix(i ^ (1UL << bit), keys[0], i);
                var (one, other) = (MemoryBlock.Mix(i, keys[0], i), MemoryBlock.Mix(i ^ (1UL << bit), keys[0], i));
                Assert.NotEqual(0UL, word);
                flipped += BitOperations.PopCount(MemoryBlock.Mix(one, keys[1], i) ^ MemoryBlock.Mix(other, keys[1], i));
            }

            Assert.InRange(flipped / 200.0, 28, 36);
        }
    }

    [Fact]
    public void A_block_in_another_place_or_with_another_key_is_another_block()
    {
        var words = new ulong[MemoryBlock.Words];
        var digests = new[]
        {
            MemoryBlock.Replay(Keys(2), 0, words), MemoryBlock.Replay(Keys(2), 1, words), MemoryBlock.Replay(Keys(1), 0, words), MemoryBlock.Replay(Keys(3), 0, words),
        };
        Assert.Equal(4, digests.Distinct().Count());
    }
}
