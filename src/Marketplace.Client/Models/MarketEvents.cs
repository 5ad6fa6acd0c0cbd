namespace Marketplace.Client.Models;

/// <summary>GPUs at a price, the same in some consecutive hours. An absolute quantity.</summary>
/// <param name="Side"><c>ask</c>: free GPUs at their listings' price in that hour; <c>bid</c>: GPUs that waiting bids want, at their limit.</param>
/// <param name="Price">The price.</param>
/// <param name="From">The first instant of the first hour.</param>
/// <param name="To">The first instant after the last hour.</param>
/// <param name="GpuCount">GPUs in every one of the hours; 0 where there are none any more.</param>
public sealed record DepthRunModel(string Side, UnitPriceModel Price, string From, string To, long GpuCount);

/// <summary>Event <c>snapshot</c>: the whole depth of a book.</summary>
/// <param name="ModelId">The GPU class.</param>
/// <param name="HubId">The hub.</param>
/// <param name="Sequence">The number of the book's last event: this is the state after it.</param>
/// <param name="At">The book's time: earlier hours have left the depth.</param>
/// <param name="IsHalted">Whether the book takes cancellations only.</param>
/// <param name="Depth">All depth.</param>
public sealed record BookSnapshotModel(string ModelId, string HubId, long Sequence, string At, bool IsHalted, IReadOnlyList<DepthRunModel> Depth);

/// <summary>Event <c>depth</c>: what consecutive events of the book changed.</summary>
/// <param name="FromSequence">The number of the first event.</param>
/// <param name="ToSequence">The number of the last event.</param>
/// <param name="At">The book's time: earlier hours have left the depth.</param>
/// <param name="IsHalted">Whether the book takes cancellations only.</param>
/// <param name="Changes">What is otherwise than before; may be nothing.</param>
public sealed record DepthChangeModel(long FromSequence, long ToSequence, string At, bool IsHalted, IReadOnlyList<DepthRunModel> Changes);

/// <summary>Event <c>resync</c>: what was told before is void. A snapshot follows.</summary>
public sealed record ResyncModel;
