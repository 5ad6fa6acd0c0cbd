using System.Diagnostics.CodeAnalysis;

namespace Marketplace.Kernel;

/// <summary>
/// What a decision gives: a value, or an expected refusal. Only for refusals that a caller can cause and understand;
/// operating faults are exceptions of the adapter, and a broken invariant is <see cref="InvariantException"/>.
/// </summary>
/// <typeparam name="TValue">The value of an accepted request.</typeparam>
/// <typeparam name="TRefusal">An enum in a documented order of precedence, or a record that adds facts to one.</typeparam>
public readonly struct Result<TValue, TRefusal>
    where TRefusal : notnull
{
    private readonly TValue? value;
    private readonly TRefusal? refusal;
    private readonly State state;

    private Result(TValue? value, TRefusal? refusal, State state) => (this.value, this.refusal, this.state) = (value, refusal, state);

    private enum State : byte
    {
        Unset,
        Accepted,
        Refused,
    }

    /// <summary>Whether there is a value; otherwise there is a refusal.</summary>
    public bool IsAccepted => state switch
    {
        State.Accepted => true,
        State.Refused => false,
        _ => throw new InvariantException("A result that was never set was read."),
    };

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">The request was refused.</exception>
    public TValue Value => IsAccepted ? value! : throw new InvalidOperationException($"Refused: {refusal}.");

    /// <summary>The refusal.</summary>
    /// <exception cref="InvalidOperationException">The request was accepted.</exception>
    public TRefusal Refusal => !IsAccepted ? refusal! : throw new InvalidOperationException("The request was accepted.");

    /// <summary>Reads the value and, if there is none, the refusal.</summary>
    public bool TryGet([MaybeNullWhen(false)] out TValue value, [MaybeNullWhen(true)] out TRefusal refusal)
    {
        value = this.value;
        refusal = this.refusal;
        return IsAccepted;
    }

    /// <summary>Goes one of two ways.</summary>
    public TOut Match<TOut>(Func<TValue, TOut> accepted, Func<TRefusal, TOut> refused) =>
        IsAccepted ? accepted(value!) : refused(refusal!);

    /// <summary>An accepted result.</summary>
    public static implicit operator Result<TValue, TRefusal>(TValue value) => new(value, default, State.Accepted);

    /// <summary>A refused result.</summary>
    public static implicit operator Result<TValue, TRefusal>(TRefusal refusal) => new(default, refusal, State.Refused);
}
