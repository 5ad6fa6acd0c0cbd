using CsCheck;

namespace Marketplace.Kernel.Tests;

public sealed class DecimalTextTests
{
    [Fact]
    public void Any_number_comes_back_from_its_text() => Gen.Select(Gen.Long, Gen.Int[0, 12], Gen.Int[0, 12])
        .Where((_, decimals, shown) => shown <= decimals)
        .Sample((scaled, decimals, shown) =>
        {
            var text = DecimalText.Format(scaled, decimals, shown);
            Assert.True(DecimalText.TryParse(text, decimals, out var back), text);
            Assert.Equal(scaled, back);
        });

    [Theory]
    [InlineData(long.MinValue, 2, 2, "-92233720368547758.08")]
    [InlineData(-5, 2, 2, "-0.05")]
    [InlineData(2_100_000, 6, 2, "2.10")]
    [InlineData(2_100_001, 6, 2, "2.100001")]
    [InlineData(7, 0, 0, "7")]
    public void Text_of_examples(long scaled, int decimals, int shown, string text) => Assert.Equal(text, DecimalText.Format(scaled, decimals, shown));

    [Theory]
    [InlineData("+1")]
    [InlineData("--1")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1_0")]
    [InlineData("٣")]
    [InlineData("0x1")]
    [InlineData("1.1.1")]
    [InlineData("9223372036854775808")]
    [InlineData("00000000000000000001")]
    public void Text_that_is_no_plain_decimal_is_not_read(string text) => Assert.False(DecimalText.TryParse(text, 0, out _));
}
