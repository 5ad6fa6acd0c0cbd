using CsCheck;

namespace Marketplace.Kernel.Tests;

public sealed class ResourceIdentifierTests
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static readonly Gen<ResourceIdentifier> Identifiers = Gen.Select(Gen.Char['A', 'Z'], Gen.Char['A', 'Z'], Gen.Int[1, ResourceIdentifier.MaxSerial])
        .Select((first, second, serial) => ResourceIdentifier.Of($"{first}{second}", serial));

    [Fact]
    public void Check_character_agrees_with_published_examples()
    {
        // The Global Release Identifier standard (IFPI) prints A1-2425G-ABC1234002-M, which uses the same system.
        Assert.Equal('M', CheckCharacter.Of("A12425GABC1234002"));
        Assert.Equal("GZ-00000042-I", ResourceIdentifier.Of("GZ", 42).ToString());
    }

    [Fact]
    public void Text_comes_back_with_its_parts() => Gen.Select(Gen.Char['A', 'Z'], Gen.Char['A', 'Z'], Gen.Int[1, ResourceIdentifier.MaxSerial])
        .Sample((first, second, serial) =>
        {
            var identifier = ResourceIdentifier.Of($"{first}{second}", serial);
            Assert.True(ResourceIdentifier.TryParse(identifier.ToString(), out var back));
            Assert.Equal((identifier, $"{first}{second}", serial), (back, back.HubCode, back.Serial));
        });

    [Fact]
    public void Every_substitution_of_one_character_is_found() => Identifiers.Sample(
        identifier =>
        {
            var text = identifier.ToString();
            for (var i = 0; i < text.Length; i++)
            {
                foreach (var other in Alphabet + "-")
                {
                    if (text[i] == other) continue;
                    Assert.False(ResourceIdentifier.TryParse($"{text[..i]}{other}{text[(i + 1)..]}", out _), $"{text} at {i} with {other}");
                }
            }
        },
        iter: 200);

    // ISO/IEC 7064 promises all single substitutions, and of swaps of neighbours "nearly all": here every single one is counted.
    [Fact]
    public void All_but_one_in_630_swaps_of_neighbours_are_found()
    {
        var (swaps, missed) = (0, 0);
        for (var product = 1; product <= 36; product++)
        {
            for (var a = 0; a < 36; a++)
            {
                for (var b = 0; b < 36; b++)
                {
                    if (a == b) continue;
                    swaps++;
                    if (Step(Step(product, a), b) == Step(Step(product, b), a)) missed++;
                }
            }
        }

        Assert.Equal((45_360, 72), (swaps, missed));
    }

    [Fact]
    public void Swaps_that_are_missed_are_of_neighbouring_digits_only() => Identifiers.Sample(
        identifier =>
        {
            var text = identifier.ToString();
            for (var i = 0; i < text.Length - 1; i++)
            {
                if (text[i] == text[i + 1]) continue;
                var swapped = $"{text[..i]}{text[i + 1]}{text[i]}{text[(i + 2)..]}";
                if (ResourceIdentifier.TryParse(swapped, out _)) Assert.Equal(1, Math.Abs(Alphabet.IndexOf(text[i]) - Alphabet.IndexOf(text[i + 1])));
            }
        },
        iter: 2000);

    [Theory]
    [InlineData("GZ-00000042-I", ResourceIdentifierFault.None)]
    [InlineData("GZ-00000042-J", ResourceIdentifierFault.WrongCheckCharacter)]
    [InlineData("GZ-00000024-I", ResourceIdentifierFault.WrongCheckCharacter)]
    [InlineData("gz-00000042-I", ResourceIdentifierFault.Malformed)]
    [InlineData("GZ-00000042-i", ResourceIdentifierFault.Malformed)]
    [InlineData("GZ-00000000-K", ResourceIdentifierFault.Malformed)]
    [InlineData("GZ-0000042-I", ResourceIdentifierFault.Malformed)]
    [InlineData("GZ000000042-I", ResourceIdentifierFault.Malformed)]
    [InlineData("G1-00000042-I", ResourceIdentifierFault.Malformed)]
    [InlineData("", ResourceIdentifierFault.Malformed)]
    [InlineData(null, ResourceIdentifierFault.Malformed)]
    public void Reading_says_what_is_wrong(string? text, ResourceIdentifierFault fault) => Assert.Equal(fault, ResourceIdentifier.Read(text, out _));

    [Theory]
    [InlineData("gz", 1)]
    [InlineData("GZX", 1)]
    [InlineData("GZ", 0)]
    [InlineData("GZ", ResourceIdentifier.MaxSerial + 1)]
    public void Identifiers_are_not_made_of_bad_parts(string code, int serial) => Assert.ThrowsAny<ArgumentException>(() => ResourceIdentifier.Of(code, serial));

    private static int Step(int product, int value)
    {
        var sum = (product + value) % 36;
        return (sum == 0 ? 36 : sum) * 2 % 37;
    }
}
