using System.Numerics;
using CsCheck;

namespace Marketplace.Kernel.Tests;

public sealed class UnitPriceTests
{
    private static readonly Gen<Currency> Currencies = Gen.Int[0, Currency.Known.Count - 1].Select(i => Currency.Known[i]);

    [Fact]
    public void Cost_is_the_exact_product_rounded_once_half_away_from_zero() =>
        Gen.Select(Gen.Long[0, UnitPrice.MaxMicrosPerGpuHour], Gen.Long[0, 1_000_000_000_000], Currencies).Sample((micros, seconds, currency) =>
        {
            var expected = Rounded((BigInteger)micros * seconds * currency.MinorPerMajor, (BigInteger)3600 * 1_000_000);
            if (expected > long.MaxValue) return;
            Assert.Equal((long)expected, UnitPrice.OfMicros(micros, currency).Cost(GpuTime.OfGpuSeconds(seconds)).MinorUnits);
        });

    [Theory]
    [InlineData(2_100_000, 3600, 210)]
    [InlineData(2_100_000, 1, 0)]
    [InlineData(18_000_000, 1, 1)] // half a cent exactly: away from zero
    [InlineData(17_999_999, 1, 0)]
    [InlineData(10_000, 1800, 1)]
    public void Cost_of_examples_in_cents(long micros, long seconds, long cents) =>
        Assert.Equal(cents, UnitPrice.OfMicros(micros, Currency.Usd).Cost(GpuTime.OfGpuSeconds(seconds)).MinorUnits);

    [Fact]
    public void Cost_beyond_the_range_of_money_throws() =>
        Assert.Throws<OverflowException>(() => UnitPrice.OfMicros(UnitPrice.MaxMicrosPerGpuHour, Currency.Usd).Cost(GpuTime.OfGpuSeconds(long.MaxValue)));

    [Fact]
    public void Price_text_comes_back() => Gen.Select(Gen.Long[0, UnitPrice.MaxMicrosPerGpuHour], Currencies).Sample((micros, currency) =>
    {
        var price = UnitPrice.OfMicros(micros, currency);
        Assert.True(UnitPrice.TryParse(price.PerGpuHour, currency, out var back));
        Assert.Equal(price, back);
    });

    [Theory]
    [InlineData("-1")]
    [InlineData("1000000.000001")]
    [InlineData("0.0000001")]
    [InlineData("2.")]
    public void Prices_out_of_range_are_not_read(string text) => Assert.False(UnitPrice.TryParse(text, Currency.Usd, out _));

    [Fact]
    public void Prices_of_two_currencies_and_unset_ones_do_not_compare()
    {
        var dollar = UnitPrice.OfMicros(1, Currency.Usd);
        Assert.Throws<InvariantException>(() => dollar < UnitPrice.OfMicros(1, Currency.Cny));
        Assert.Throws<InvariantException>(() => default(UnitPrice) <= default(UnitPrice));
        Assert.Throws<InvariantException>(() => UnitPrice.OfMicros(1, default));
        Assert.Throws<InvariantException>(() => default(UnitPrice).Cost(GpuTime.OfGpuHours(1, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => UnitPrice.OfMicros(-1, Currency.Usd));
        Assert.Throws<ArgumentOutOfRangeException>(() => UnitPrice.OfMicros(UnitPrice.MaxMicrosPerGpuHour + 1, Currency.Usd));
    }

    private static BigInteger Rounded(BigInteger numerator, BigInteger denominator)
    {
        var (quotient, remainder) = BigInteger.DivRem(numerator, denominator);
        return remainder * 2 >= denominator ? quotient + 1 : quotient;
    }
}
