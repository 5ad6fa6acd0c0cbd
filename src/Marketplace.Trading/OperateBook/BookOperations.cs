using Marketplace.Contracts;

namespace Marketplace.Trading.OperateBook;

/// <summary>Command: a book takes cancellations only from now on.</summary>
public sealed record HaltTrading(BookKey Book) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.halt-trading.v1";
}

/// <summary>Command: a book trades again.</summary>
public sealed record ResumeTrading(BookKey Book) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.resume-trading.v1";
}

/// <summary>Command: a book has another price band.</summary>
/// <param name="Book">The book.</param>
/// <param name="Ratio">How far from the reference price a limit may be; null for any.</param>
public sealed record SetBand(BookKey Book, decimal? Ratio) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.set-band.v1";
}
