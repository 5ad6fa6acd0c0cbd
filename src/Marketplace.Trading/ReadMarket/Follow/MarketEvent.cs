using Marketplace.Trading.ReadMarket.Depth;
using NodaTime;

namespace Marketplace.Trading.ReadMarket.Follow;

/// <summary>What a follower of a book is told. Immutable, and shared by all followers.</summary>
public abstract record MarketEvent;

/// <summary>The whole depth after an event of the book: what a follower starts from.</summary>
/// <param name="Book">The book.</param>
/// <param name="Sequence">The number of the book's last event.</param>
/// <param name="At">The book's time: earlier hours have left the depth.</param>
/// <param name="IsHalted">Whether the book takes cancellations only.</param>
/// <param name="Runs">All depth.</param>
public sealed record BookSnapshotTaken(BookKey Book, long Sequence, Instant At, bool IsHalted, IReadOnlyList<DepthRun> Runs) : MarketEvent;

/// <summary>What consecutive events of the book changed. The quantities are absolute, so that hearing of an event twice does no harm.</summary>
/// <param name="FromSequence">The number of the first event.</param>
/// <param name="ToSequence">The number of the last event.</param>
/// <param name="At">The book's time: earlier hours have left the depth.</param>
/// <param name="IsHalted">Whether the book takes cancellations only.</param>
/// <param name="Runs">What of the depth is otherwise than before.</param>
/// <param name="Trades">The trades, in order.</param>
public sealed record BookChanged(
    long FromSequence, long ToSequence, Instant At, bool IsHalted, IReadOnlyList<DepthRun> Runs, IReadOnlyList<TapeTrade> Trades) : MarketEvent;

/// <summary>
/// What the follower knows is void: it named an event after which the changes are not kept, or it took them up more slowly than they
/// came. A snapshot comes next.
/// </summary>
public sealed record ResyncNeeded : MarketEvent;
