using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Marketplace.Kernel;

/// <summary>
/// A typed id: prefix, underscore and a 26-character ULID in Crockford's base 32, such as <c>bid_01JABCDEFGHJKMNPQRSTVWXYZ0</c>.
/// Ordinal order of the text is order of creation to the millisecond. <c>default</c> is unset: its text is empty and it names nothing.
/// </summary>
/// <typeparam name="TKind">What the id names; ids of different kinds do not compare or convert.</typeparam>
[JsonConverter(typeof(IdJsonConverterFactory))]
public readonly record struct Id<TKind> : IComparable<Id<TKind>>
    where TKind : IIdKind
{
    private readonly Ulid ulid;

    private Id(Ulid ulid) => this.ulid = ulid;

    /// <summary>Whether this is the unset id.</summary>
    public bool IsUnset => ulid == default;

    /// <summary>The part behind the prefix: what ids of different kinds share when one thing makes the other.</summary>
    public Ulid Ulid => ulid;

    /// <summary>Makes an id of a ULID.</summary>
    public static Id<TKind> From(Ulid ulid) => new(ulid);

    /// <summary>Reads an id's text. False for another kind's id, a wrong length or a character outside the alphabet.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Id<TKind> id)
    {
        var prefix = TKind.Prefix;
        Ulid ulid = default;
        var valid = text is not null
            && text.Length == prefix.Length + 1 + Ulid.Length
            && text.StartsWith(prefix, StringComparison.Ordinal)
            && text[prefix.Length] == '_'
            && Ulid.TryParse(text.AsSpan(prefix.Length + 1), out ulid)
            && ulid != default;
        id = valid ? new Id<TKind>(ulid) : default;
        return valid;
    }

    /// <summary>Reads an id's text that is known to be good, such as one we stored.</summary>
    /// <exception cref="FormatException">The text is no id of this kind.</exception>
    public static Id<TKind> Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no {TKind.Prefix} id.");

    /// <inheritdoc/>
    public int CompareTo(Id<TKind> other) => ulid.CompareTo(other.ulid);

    /// <inheritdoc/>
    public bool Equals(Id<TKind> other) => ulid.Equals(other.ulid);

    /// <inheritdoc/>
    public override int GetHashCode() => ulid.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() =>
        IsUnset
            ? ""
            : string.Create(TKind.Prefix.Length + 1 + Ulid.Length, ulid, static (span, ulid) =>
            {
                TKind.Prefix.CopyTo(span);
                span[TKind.Prefix.Length] = '_';
                ulid.Format(span[(TKind.Prefix.Length + 1)..]);
            });
}
