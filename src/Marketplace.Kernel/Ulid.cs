using System.Buffers;

namespace Marketplace.Kernel;

/// <summary>
/// A sortable 128-bit id: 48 bits of Unix milliseconds, then 80 bits of randomness, as 26 characters of Crockford's base 32
/// (<see href="https://github.com/ulid/spec"/>).
/// </summary>
public readonly record struct Ulid
{
    /// <summary>Characters in the text form.</summary>
    public const int Length = 26;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static readonly SearchValues<char> Allowed = SearchValues.Create(Alphabet);
    private readonly UInt128 value;

    private Ulid(UInt128 value) => this.value = value;

    /// <summary>Makes a ULID.</summary>
    /// <param name="unixMilliseconds">0 to 2^48 - 1.</param>
    /// <param name="randomness">The low 80 bits are used.</param>
    public static Ulid Create(long unixMilliseconds, UInt128 randomness)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(unixMilliseconds);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(unixMilliseconds, 1L << 48);
        return new Ulid(((UInt128)(ulong)unixMilliseconds << 80) | (randomness & ((UInt128.One << 80) - 1)));
    }

    /// <summary>Whether the text is 26 characters of the alphabet and its first does not overflow 128 bits.</summary>
    public static bool IsValid(ReadOnlySpan<char> text) =>
        text.Length == Length && text[0] <= '7' && !text.ContainsAnyExcept(Allowed);

    /// <summary>
    /// The text of the same length whose ordinal order is the reverse: row keys made of it list the newest first in a store
    /// that can only scan upwards. Applying it twice gives the text back.
    /// </summary>
    public static string Reverse(string text) =>
        string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                var digit = Alphabet.IndexOf(source[i], StringComparison.Ordinal);
                span[i] = digit < 0 ? source[i] : Alphabet[31 - digit];
            }
        });

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(Length, value, static (span, bits) =>
        {
            for (var i = Length - 1; i >= 0; i--)
            {
                span[i] = Alphabet[(int)(bits & 31)];
                bits >>= 5;
            }
        });
}
