using System.Buffers;

namespace Marketplace.Kernel;

/// <summary>
/// A sortable 128-bit id: 48 bits of Unix milliseconds, then 80 bits of randomness, as 26 characters of Crockford's base 32
/// (<see href="https://github.com/ulid/spec"/>).
/// </summary>
public readonly record struct Ulid : IComparable<Ulid>
{
    /// <summary>Characters in the text form.</summary>
    public const int Length = 26;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static readonly SearchValues<char> Allowed = SearchValues.Create(Alphabet);
    private readonly ulong high;
    private readonly ulong low;

    private Ulid(UInt128 value) => (high, low) = (unchecked((ulong)(value >> 64)), unchecked((ulong)value));

    /// <summary>Makes a ULID.</summary>
    /// <param name="unixMilliseconds">0 to 2^48 - 1.</param>
    /// <param name="randomness">The low 80 bits are used.</param>
    public static Ulid Create(long unixMilliseconds, UInt128 randomness)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(unixMilliseconds);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(unixMilliseconds, 1L << 48);
        return new Ulid(((UInt128)(ulong)unixMilliseconds << 80) | (randomness & ((UInt128.One << 80) - 1)));
    }

    /// <summary>The Unix time in it, in milliseconds.</summary>
    public long UnixMilliseconds => (long)(high >> 16);

    /// <summary>The 80 bits behind the time.</summary>
    public UInt128 Randomness => new UInt128(high, low) & ((UInt128.One << 80) - 1);

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

    /// <summary>Reads the text form. False if it is not <see cref="IsValid"/>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ulid ulid)
    {
        ulid = default;
        if (!IsValid(text)) return false;
        UInt128 value = 0;
        foreach (var character in text) value = (value << 5) | (uint)Alphabet.IndexOf(character, StringComparison.Ordinal);
        ulid = new Ulid(value);
        return true;
    }

    /// <summary>Writes the text form into the first <see cref="Length"/> characters of a span.</summary>
    public void Format(Span<char> text)
    {
        var bits = new UInt128(high, low);
        for (var i = Length - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(bits & 31)];
            bits >>= 5;
        }
    }

    /// <summary>The order of creation to the millisecond, which is the ordinal order of the text.</summary>
    public int CompareTo(Ulid other) => high != other.high ? high.CompareTo(other.high) : low.CompareTo(other.low);

    /// <inheritdoc/>
    public bool Equals(Ulid other) => low == other.low && high == other.high;

    /// <summary>Random and counted-up ids both spread: the low bits of either differ between ids made close together.</summary>
    public override int GetHashCode() => unchecked((int)(low ^ (low >> 40) ^ high));

    /// <inheritdoc/>
    public override string ToString() => string.Create(Length, this, static (span, ulid) => ulid.Format(span));
}
