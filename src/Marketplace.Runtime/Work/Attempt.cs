using System.Security.Cryptography;
using System.Text;

namespace Marketplace.Runtime.Work;

/// <summary>The caller's name for one intent: 1 to 128 visible ASCII characters. Repeating a request under it changes nothing.</summary>
public readonly record struct IdempotencyKey
{
    private const int MaxLength = 128;
    private readonly string? text;

    private IdempotencyKey(string text) => this.text = text;

    /// <summary>Reads a key. False if it is empty, too long or has other characters.</summary>
    public static bool TryCreate(string? text, out IdempotencyKey key)
    {
        var valid = text is { Length: >= 1 and <= MaxLength } && !text.AsSpan().ContainsAnyExceptInRange('!', '~');
        key = valid ? new IdempotencyKey(text!) : default;
        return valid;
    }

    /// <summary>A key that our own code makes of ids.</summary>
    public static IdempotencyKey Of(string text) => TryCreate(text, out var key) ? key : throw new ArgumentException($"'{text}' is no idempotency key.");

    /// <summary>The same intent within a narrower scope, so that one key of the caller may name one of each.</summary>
    /// <param name="scope">A short word of our own.</param>
    public IdempotencyKey Within(string scope)
    {
        var whole = $"{scope}-{this}";
        return Of(whole.Length <= MaxLength ? whole : $"{scope}-sha256-{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(ToString())))}");
    }

    /// <inheritdoc/>
    public override string ToString() => text ?? throw new InvariantException("An unset idempotency key was used.");
}

/// <summary>How a request under an idempotency key ended.</summary>
/// <typeparam name="TValue">The answer of an accepted request.</typeparam>
/// <typeparam name="TRefusal">Why a request is refused.</typeparam>
public readonly struct Attempt<TValue, TRefusal>
    where TRefusal : notnull
{
    private readonly Result<TValue, TRefusal> result;

    private Attempt(Result<TValue, TRefusal> result, bool replayed, bool keyReused) =>
        (this.result, Replayed, KeyReused) = (result, replayed, keyReused);

    /// <summary>The key was used before with other content; there is no result.</summary>
    public bool KeyReused { get; }

    /// <summary>The answer is the first one again.</summary>
    public bool Replayed { get; }

    /// <summary>The answer or the refusal.</summary>
    /// <exception cref="InvalidOperationException">The key was reused.</exception>
    public Result<TValue, TRefusal> Result => KeyReused ? throw new InvalidOperationException("The key was used with other content.") : result;

    internal static Attempt<TValue, TRefusal> ReusedKey { get; } = new(default, false, keyReused: true);

    internal static Attempt<TValue, TRefusal> Accepted(TValue value, bool replayed) => new(value, replayed, false);

    /// <summary>A refusal before anything was committed.</summary>
    public static Attempt<TValue, TRefusal> Refused(TRefusal refusal) => new(refusal, false, false);
}
