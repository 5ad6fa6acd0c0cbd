using CsCheck;

namespace Marketplace.Kernel.Tests;

public sealed class IdTests
{
    private static readonly Gen<Ulid> Ulids = Gen.Select(Gen.Long[0, (1L << 48) - 1], Gen.ULong, Gen.ULong)
        .Select((milliseconds, high, low) => Ulid.Create(milliseconds, new UInt128(high, low)));

    [Fact]
    public void Text_comes_back_and_only_as_its_own_kind() => Ulids.Sample(ulid =>
    {
        var id = BidId.From(ulid);
        Assert.True(BidId.TryParse(id.ToString(), out var back));
        Assert.Equal(id, back);
        Assert.False(LeaseId.TryParse(id.ToString(), out _));
        Assert.True(Ulid.IsValid(ulid.ToString()));
    });

    [Fact]
    public void Randomness_is_the_low_80_bits() => Gen.Select(Gen.Long[0, (1L << 48) - 1], Gen.ULong, Gen.ULong).Sample((milliseconds, high, low) =>
        Assert.Equal(new UInt128(high & 0xFFFF, low), Ulid.Create(milliseconds, new UInt128(high, low)).Randomness));

    [Fact]
    public void Text_sorts_by_time_and_then_by_randomness() =>
        Gen.Select(Gen.Long[0, (1L << 48) - 1], Gen.ULong, Gen.Long[0, (1L << 48) - 1], Gen.ULong).Sample((aTime, aRandom, bTime, bRandom) =>
        {
            var expected = (aTime, aRandom).CompareTo((bTime, bRandom));
            var actual = string.CompareOrdinal(Ulid.Create(aTime, aRandom).ToString(), Ulid.Create(bTime, bRandom).ToString());
            Assert.Equal(Math.Sign(expected), Math.Sign(actual));
        });

    [Fact]
    public void Reversed_text_sorts_the_other_way_and_reverses_back() => Gen.Select(Ulids, Ulids).Sample((a, b) =>
    {
        var (first, second) = (BidId.From(a).ToString(), BidId.From(b).ToString());
        Assert.Equal(first, Ulid.Reverse(Ulid.Reverse(first)));
        Assert.Equal(
            Math.Sign(string.CompareOrdinal(first, second)), -Math.Sign(string.CompareOrdinal(Ulid.Reverse(first), Ulid.Reverse(second))));
    });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("bid_")]
    [InlineData("bid_01JABCDEFGHJKMNPQRSTVWXYZ")]
    [InlineData("bid_01JABCDEFGHJKMNPQRSTVWXYZ00")]
    [InlineData("bid_81JABCDEFGHJKMNPQRSTVWXYZ0")]
    [InlineData("bid_01jabcdefghjkmnpqrstvwxyz0")]
    [InlineData("bid_01JABCDEFGHJKMNPQRSTUWXYZ0")]
    [InlineData("bid-01JABCDEFGHJKMNPQRSTVWXYZ0")]
    [InlineData("BID_01JABCDEFGHJKMNPQRSTVWXYZ0")]
    [InlineData("bid_01JABCDEFGHJKMNPQRSTVWXYZ\n")]
    public void Text_that_is_no_id_is_not_read(string? text) => Assert.False(BidId.TryParse(text, out _));

    [Fact]
    public void Prefixes_are_unique_lower_case_letters()
    {
        var prefixes = typeof(IIdKind).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IIdKind)))
            .Select(type => (string)type.GetProperty(nameof(IIdKind.Prefix))!.GetValue(null)!).ToList();
        Assert.NotEmpty(prefixes);
        Assert.Equal(prefixes.Count, prefixes.Distinct().Count());
        Assert.All(prefixes, prefix => Assert.True(prefix.All(char.IsAsciiLetterLower)));
    }

    [Fact]
    public void Milliseconds_beyond_48_bits_make_no_ulid()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Ulid.Create(-1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ulid.Create(1L << 48, 0));
    }

    [Theory]
    [InlineData("nvidia-h200-sxm", true)]
    [InlineData("a", true)]
    [InlineData("", false)]
    [InlineData("H200", false)]
    [InlineData("a b", false)]
    [InlineData("a@b", false)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void Catalogue_keys_are_short_lower_case_slugs(string text, bool valid)
    {
        Assert.Equal(valid, GpuModelId.TryParse(text, out _));
        Assert.Equal(valid, HubId.TryParse(text, out _));
    }
}
