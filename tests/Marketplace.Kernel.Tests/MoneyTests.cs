using System.Text.Json;
using System.Numerics;
using CsCheck;

namespace Marketplace.Kernel.Tests;

public sealed class MoneyTests
{
    private static readonly Money OneDollar = Money.OfMinor(100, Currency.Usd);

    [Fact]
    public void Arithmetic_of_mixed_currencies_throws()
    {
        var yuan = Money.OfMinor(1, Currency.Cny);
        Assert.Throws<InvariantException>(() => OneDollar + yuan);
        Assert.Throws<InvariantException>(() => OneDollar - yuan);
        Assert.Throws<InvariantException>(() => OneDollar < yuan);
        Assert.NotEqual(Money.OfMinor(100, Currency.Cny), OneDollar);
    }

    [Fact]
    public void Arithmetic_with_an_unset_amount_throws_even_between_two_unset_ones()
    {
        Assert.Throws<InvariantException>(() => default(Money) + default(Money));
        Assert.Throws<InvariantException>(() => OneDollar + default(Money));
        Assert.Throws<InvariantException>(() => -default(Money));
        Assert.Throws<InvariantException>(() => default(Money).CompareTo(default));
        Assert.Throws<InvariantException>(() => Money.Zero(default));
        Assert.Throws<InvariantException>(() => default(Money).Split([1]));
    }

    [Fact]
    public void Overflow_throws_and_never_wraps()
    {
        var most = Money.OfMinor(long.MaxValue, Currency.Usd);
        var least = Money.OfMinor(long.MinValue, Currency.Usd);
        Assert.Throws<OverflowException>(() => most + OneDollar);
        Assert.Throws<OverflowException>(() => least - OneDollar);
        Assert.Throws<OverflowException>(() => -least);
    }

    [Fact]
    public void Split_loses_nothing_and_is_never_a_whole_unit_off() => Gen.Select(Gen.Long, Gen.Long[0, long.MaxValue].Array[1, 8])
        .Where((_, weights) => weights.Any(weight => weight > 0))
        .Sample((minor, weights) =>
        {
            var shares = Money.OfMinor(minor, Currency.Usd).Split(weights);
            var total = weights.Aggregate(BigInteger.Zero, (sum, weight) => sum + weight);
            Assert.Equal(minor, shares.Aggregate(BigInteger.Zero, (sum, share) => sum + share.MinorUnits));
            for (var i = 0; i < weights.Length; i++)
            {
                var error = BigInteger.Abs(shares[i].MinorUnits * total - (BigInteger)minor * weights[i]);
                Assert.True(error < total, $"share {i} is off by a unit or more");
                if (weights[i] == 0) Assert.True(shares[i].IsZero, "a zero weight got something");
            }
        });

    [Fact]
    public void Split_gives_the_odd_unit_to_the_largest_remainder_and_on_a_tie_to_the_earlier()
    {
        Assert.Equal([34, 33, 33], Minor(OneDollar.Split([1, 1, 1])));
        Assert.Equal([33, 67], Minor(OneDollar.Split([1, 2])));
        Assert.Equal([-34, -33, -33], Minor((-OneDollar).Split([1, 1, 1])));
        Assert.Equal([0, 100, 0], Minor(OneDollar.Split([0, 7, 0])));
    }

    [Fact]
    public void Split_needs_a_weight_above_zero_and_none_below()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => OneDollar.Split([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => OneDollar.Split([0, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => OneDollar.Split([2, -1]));
    }

    [Theory]
    [InlineData("12.34", 1234)]
    [InlineData("12.3", 1230)]
    [InlineData("-0.01", -1)]
    [InlineData("92233720368547758.07", long.MaxValue)]
    public void Amounts_are_read_exactly(string text, long minor)
    {
        Assert.True(Money.TryParse(text, Currency.Usd, out var money));
        Assert.Equal(minor, money.MinorUnits);
    }

    [Theory]
    [InlineData("12.345")]
    [InlineData("92233720368547758.08")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("")]
    public void Amounts_that_are_not_exact_are_not_read(string text) => Assert.False(Money.TryParse(text, Currency.Usd, out _));

    [Fact]
    public void An_amount_in_a_currency_that_is_not_known_is_kept_and_shown_and_not_taken()
    {
        var foreign = Money.OfMinor(1_234, Currency.Foreign);
        Assert.Equal("1234 XXX", foreign.ToString());
        Assert.Equal(foreign, JsonSerializer.Deserialize<Money>(JsonSerializer.Serialize(foreign)));
        Assert.Equal(Currency.Foreign, JsonSerializer.Deserialize<Currency>(JsonSerializer.Serialize(Currency.Foreign)));
        Assert.False(Currency.TryParse("XXX", out _));
        Assert.DoesNotContain(Currency.Foreign, Currency.Known);
        Assert.Throws<InvariantException>(() => foreign + Money.Zero(Currency.Usd));
    }

    [Fact]
    public void Yen_has_no_decimals()
    {
        Assert.False(Money.TryParse("1.0", Currency.Jpy, out _));
        Assert.True(Money.TryParse("1", Currency.Jpy, out var yen));
        Assert.Equal("1 JPY", yen.ToString());
        Assert.Equal("1.00 USD", OneDollar.ToString());
    }

    private static long[] Minor(Money[] shares) => [.. shares.Select(share => share.MinorUnits)];
}
