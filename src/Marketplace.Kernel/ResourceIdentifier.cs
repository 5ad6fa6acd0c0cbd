using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketplace.Kernel;

/// <summary>Why a text is no resource identifier.</summary>
public enum ResourceIdentifierFault
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>Not two capitals, a hyphen, eight digits other than all zeros, a hyphen and a check character.</summary>
    Malformed,

    /// <summary>Of the right form, but the check character belongs to another identifier: a character was mistyped.</summary>
    WrongCheckCharacter,
}

/// <summary>
/// The public identifier of a registered compute resource: hub code, serial number from 1 to 99,999,999 and the check character of
/// ISO 7064 MOD 37,36 over the letters and digits before it, such as <c>GZ-00000042-I</c>. <c>default</c> is unset and has an empty text.
/// </summary>
[JsonConverter(typeof(JsonText))]
public readonly record struct ResourceIdentifier
{
    /// <summary>The highest serial number of a hub.</summary>
    public const int MaxSerial = 99_999_999;

    private const int TextLength = 13;
    private readonly string? text;

    private ResourceIdentifier(string text) => this.text = text;

    /// <summary>The hub's two capitals.</summary>
    /// <exception cref="InvariantException">The identifier is unset.</exception>
    public string HubCode => Text[..2];

    /// <summary>The number within the hub, 1 to <see cref="MaxSerial"/>.</summary>
    /// <exception cref="InvariantException">The identifier is unset.</exception>
    public int Serial => int.Parse(Text.AsSpan(3, 8), NumberStyles.None, CultureInfo.InvariantCulture);

    private string Text => text ?? throw new InvariantException("An unset resource identifier was used.");

    /// <summary>Makes the identifier of a hub's serial number.</summary>
    /// <exception cref="ArgumentException">The code is not two capitals A to Z.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The serial number is not from 1 to <see cref="MaxSerial"/>.</exception>
    public static ResourceIdentifier Of(string hubCode, int serial)
    {
        if (!IsHubCode(hubCode)) throw new ArgumentException($"'{hubCode}' is no hub code.", nameof(hubCode));
        ArgumentOutOfRangeException.ThrowIfLessThan(serial, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(serial, MaxSerial);
        var digits = serial.ToString("D8", CultureInfo.InvariantCulture);
        return new ResourceIdentifier($"{hubCode}-{digits}-{CheckCharacter.Of(hubCode + digits)}");
    }

    /// <summary>Reads an identifier and says what is wrong with a text that is none.</summary>
    public static ResourceIdentifierFault Read(string? text, out ResourceIdentifier identifier)
    {
        identifier = default;
        if (text is not { Length: TextLength } || text[2] != '-' || text[11] != '-' || !IsHubCode(text.AsSpan(0, 2)))
        {
            return ResourceIdentifierFault.Malformed;
        }

        var digits = text.AsSpan(3, 8);
        if (digits.ContainsAnyExceptInRange('0', '9') || !digits.ContainsAnyExcept('0')) return ResourceIdentifierFault.Malformed;
        if (!CheckCharacter.IsAllowed(text[12])) return ResourceIdentifierFault.Malformed;
        if (CheckCharacter.Of(string.Concat(text.AsSpan(0, 2), digits)) != text[12]) return ResourceIdentifierFault.WrongCheckCharacter;
        identifier = new ResourceIdentifier(text);
        return ResourceIdentifierFault.None;
    }

    /// <summary>Reads an identifier. False if it is malformed or its check character is wrong.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ResourceIdentifier identifier) =>
        Read(text, out identifier) == ResourceIdentifierFault.None;

    /// <inheritdoc/>
    public override string ToString() => text ?? "";

    private static bool IsHubCode(ReadOnlySpan<char> code) => code.Length == 2 && !code.ContainsAnyExceptInRange('A', 'Z');

    private sealed class JsonText : JsonConverter<ResourceIdentifier>
    {
        public override ResourceIdentifier Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var identifier) ? identifier : throw new JsonException("Expected a resource identifier.");

        public override void Write(Utf8JsonWriter writer, ResourceIdentifier value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
