namespace Marketplace.Kernel;

/// <summary>
/// The hybrid check character system MOD 37,36 of ISO/IEC 7064:2003: one character of 0-9 and A-Z that makes every substitution of
/// a single character visible, and nearly every swap of neighbours.
/// </summary>
internal static class CheckCharacter
{
    private const int Modulus = 36;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>Whether a character is of the alphabet.</summary>
    public static bool IsAllowed(char character) => Alphabet.Contains(character, StringComparison.Ordinal);

    /// <summary>The check character of a text of 0-9 and A-Z.</summary>
    public static char Of(string text)
    {
        var product = Modulus;
        foreach (var character in text)
        {
            var sum = (product + Alphabet.IndexOf(character, StringComparison.Ordinal)) % Modulus;
            product = (sum == 0 ? Modulus : sum) * 2 % (Modulus + 1);
        }

        // The check character c closes the chain: product + c is 1 modulo 36.
        return Alphabet[(Modulus + 1 - product) % Modulus];
    }
}
