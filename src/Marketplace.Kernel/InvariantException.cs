using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Marketplace.Kernel;

/// <summary>
/// Our own code found that something which must always hold does not. The message being handled is dead-lettered and its
/// partition stops, because going on could lose or double money or capacity.
/// </summary>
public sealed class InvariantException : Exception
{
    /// <summary>States what should have held.</summary>
    public InvariantException(string message) : base(message) { }

    /// <summary>Throws unless the condition holds. Always on, in every build.</summary>
    public static void Require([DoesNotReturnIf(false)] bool holds, string invariant)
    {
        if (!holds) throw new InvariantException(invariant);
    }

    /// <summary>Throws unless the condition holds. Always on, in every build. The text is put together only where it does not.</summary>
    public static void Require([DoesNotReturnIf(false)] bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref InvariantText invariant)
    {
        if (!holds) throw new InvariantException(invariant.ToString());
    }
}

/// <summary>The interpolated text of a broken invariant; nothing while the invariant holds. The compiler makes it.</summary>
[InterpolatedStringHandler]
public ref struct InvariantText
{
    private DefaultInterpolatedStringHandler text;

    /// <summary>Begins a text, if the invariant does not hold.</summary>
    public InvariantText(int literalLength, int formattedCount, bool holds, out bool isNeeded)
    {
        isNeeded = !holds;
        if (isNeeded) text = new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture);
    }

    /// <summary>Adds words.</summary>
    public void AppendLiteral(string value) => text.AppendLiteral(value);

    /// <summary>Adds a value.</summary>
    public void AppendFormatted<T>(T value) => text.AppendFormatted(value);

    /// <summary>Adds a value in a format.</summary>
    public void AppendFormatted<T>(T value, string? format) => text.AppendFormatted(value, format);

    /// <summary>The text.</summary>
    public override string ToString() => text.ToStringAndClear();
}
