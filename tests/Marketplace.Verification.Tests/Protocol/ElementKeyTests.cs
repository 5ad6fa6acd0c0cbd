using System.Runtime.Intrinsics;
using CsCheck;
using Marketplace.Verification.Protocol;

namespace Marketplace.Verification.Tests.Protocol;

public sealed class ElementKeyTests
{
    private static readonly ElementKey Key = ElementKey.Derive(HonestProver.Bytes(1), Operand.A);

    [Fact]
    public void A_run_equals_its_elements_one_by_one() =>
        Gen.Select(Gen.UInt, Gen.Int[0, 200], Gen.Int[0, 1000]).Sample(
            (first, length, seed) =>
            {
                var key = ElementKey.Derive(HonestProver.Bytes(seed), Operand.B);
                var run = new short[length];
                key.Fill(first, run);
                for (var i = 0; i < length; i++) Assert.Equal(key.At(unchecked(first + (uint)i)), run[i]);
                key.FillWide(first, run);
                for (var i = 0; i < length; i++) Assert.Equal(key.WideAt(unchecked(first + (uint)i)), run[i]);
            },
            iter: 500);

    [Fact]
    public void Vector_words_equal_scalar_words() =>
        Gen.UInt.Array[16].Sample(
            index =>
            {
                var by512 = Key.Words(Vector512.Create(index));
                var by256 = Key.Words(Vector256.Create(index));
                for (var i = 0; i < 16; i++) Assert.Equal(Key.Word(index[i]), by512[i]);
                for (var i = 0; i < 8; i++) Assert.Equal(Key.Word(index[i]), by256[i]);
            },
            iter: 500);

    [Fact]
    public void Known_elements_stay_what_they_were()
    {
        var run = new short[8];
        Key.Fill(0, run);
        Assert.Equal([-41, 32, -74, -21, -98, -58, -67, 89], run);
    }

    [Fact]
    public void Every_value_from_minus_128_to_127_appears_about_equally()
    {
        const int perValue = 4096;
        var run = new short[256 * perValue];
        Key.Fill(0, run);
        var counts = run.GroupBy(x => x).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal(256, counts.Count);
        Assert.Equal((-128, 127), (counts.Keys.Min(), counts.Keys.Max()));
        Assert.All(counts.Values, count => Assert.InRange(count, perValue - 384, perValue + 384));
    }

    /// <summary>bf16 has eight significant bits; these integers need no more, and int8 can't hold them.</summary>
    [Fact]
    public void Wide_elements_are_all_integers_that_bf16_holds_from_minus_256_to_255()
    {
        var run = new short[512 * 1024];
        Key.FillWide(0, run);
        Assert.Equal(512, run.Distinct().Count());
        Assert.Equal((-256, 255), (run.Min(), run.Max()));
        Assert.InRange(run.Average(x => x), -1.5, 0.5);
        Assert.All(run.Distinct(), x => Assert.Equal(0, BitConverter.SingleToInt32Bits(x) & 0xffff));
    }

    [Fact]
    public void Operands_and_seeds_give_unrelated_elements()
    {
        var other = new[] { ElementKey.Derive(HonestProver.Bytes(1), Operand.B), ElementKey.Derive(HonestProver.Bytes(2), Operand.A) };
        foreach (var key in other)
        {
            var equal = Enumerable.Range(0, 65_536).Count(i => key.At((uint)i) == Key.At((uint)i));
            Assert.InRange(equal, 150, 370);
        }
    }

    /// <summary>An index of the kind i + j would make equal anti-diagonals, a rank that leaves most of the product out.</summary>
    [Fact]
    public void A_matrix_has_full_rank()
    {
        const int n = 256;
        const long prime = 1_000_003;
        var run = new short[n * n];
        Key.Fill(0, run);
        var m = run.Select(x => (x + prime) % prime).ToArray();
        var rank = 0;
        for (var column = 0; column < n; column++)
        {
            var pivot = Enumerable.Range(rank, n - rank).FirstOrDefault(r => m[(r * n) + column] != 0, -1);
            if (pivot < 0) continue;
            for (var k = 0; k < n; k++) (m[(rank * n) + k], m[(pivot * n) + k]) = (m[(pivot * n) + k], m[(rank * n) + k]);
            var inverse = (long)System.Numerics.BigInteger.ModPow(m[(rank * n) + column], prime - 2, prime);
            for (var r = rank + 1; r < n; r++)
            {
                var factor = m[(r * n) + column] * inverse % prime;
                if (factor != 0) for (var k = column; k < n; k++) m[(r * n) + k] = (m[(r * n) + k] + ((prime - factor) * m[(rank * n) + k])) % prime;
            }

            rank++;
        }

        Assert.InRange(rank, n - 1, n);
    }
}
