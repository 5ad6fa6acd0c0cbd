using System.Numerics;
using Marketplace.Verification.Protocol;

namespace Marketplace.Verification.Tests.Protocol;

public sealed class MemoryBlockTests
{
    private static ulong[] Keys(int count) => [.. Enumerable.Range(0, count).Select(i => MemoryBlock.Key(HonestProver.Bytes(i)))];

    /// <summary>Of whole blocks and parts of them; a pass that mixed once where more is asked, or a replay that did, would differ.</summary>
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(5, 1, 3)]
    [InlineData(ProofParameters.MaxBlocks - 1, 1, 2)]
    [InlineData((8 * ProofParameters.MaxBlocks) - 1, 8, 5)]
    public void Passes_over_a_kept_unit_equal_the_replay_from_keys_alone(int unit, int unitsInBlock, int depth)
    {
        var size = MemoryBlock.Words / unitsInBlock;
        var (keys, kept, continued, replayed) = (Keys(4), new ulong[size], new ulong[size], new ulong[size]);
        for (var p = 0; p < keys.Length; p++)
        {
            var digest = MemoryBlock.Pass(kept, unit, keys[p], depth);
            Assert.Equal(digest, MemoryBlock.Continue([keys[p]], depth, unit, continued));
            Assert.Equal(digest, MemoryBlock.Replay(keys.AsSpan(0, p + 1), depth, unit, replayed));
            Assert.Equal(kept, replayed);
            Assert.Equal(kept, continued);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Vectors_mix_as_single_words_do(int depth)
    {
        var (keys, by256, portable) = (Keys(9), new ulong[32], new ulong[32]);
        foreach (var first in new[] { 0UL, 12_345UL, (1UL << 39) - 32 })
        {
            MemoryBlock.MixTogether(keys, depth, first, by256);
            MemoryBlock.MixPortably(keys, depth, first, portable);
            Assert.Equal(portable, by256);
        }
    }

    /// <summary>D mixes of a pass are what its definition says, mix after mix; one is what GPUs make.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void A_word_is_mixed_as_often_as_the_depth_says(int depth)
    {
        var (keys, words) = (Keys(2), new ulong[256]);
        MemoryBlock.Replay(keys, depth, 3, words);
        var word = 0UL;
        foreach (var key in keys)
        {
            for (var mix = 0; mix < depth; mix++) word = MemoryBlock.Mix(word, key, (3 * 256) + 17);
        }

        Assert.Equal(word, words[17]);
    }

    [Fact]
    public void Known_digests_stay_what_they_were() => Assert.Equal(15288816624234793369UL, MemoryBlock.Replay(Keys(3), 1, 9, new ulong[MemoryBlock.Words]));

    /// <summary>A cut block holds the same words as a whole one; only its digests are of parts.</summary>
    [Fact]
    public void Units_of_a_cut_block_hold_the_words_of_the_block()
    {
        var (keys, whole, part) = (Keys(2), new ulong[MemoryBlock.Words], new ulong[MemoryBlock.Words / 4]);
        MemoryBlock.Replay(keys, 2, 7, whole);
        for (var i = 0; i < 4; i++)
        {
            MemoryBlock.Replay(keys, 2, (7 * 4) + i, part);
            Assert.True(whole.AsSpan(i * part.Length, part.Length).SequenceEqual(part));
        }
    }

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
    public void A_block_in_another_place_with_another_key_or_mixed_more_often_is_another_block()
    {
        var words = new ulong[MemoryBlock.Words];
        var digests = new[]
        {
            MemoryBlock.Replay(Keys(2), 1, 0, words),
            MemoryBlock.Replay(Keys(2), 1, 1, words),
            MemoryBlock.Replay(Keys(1), 1, 0, words),
            MemoryBlock.Replay(Keys(3), 1, 0, words),
            MemoryBlock.Replay(Keys(2), 2, 0, words),
            MemoryBlock.Replay(Keys(1), 2, 0, words),
        };
        Assert.Equal(6, digests.Distinct().Count());
    }
}
