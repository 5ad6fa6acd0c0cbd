namespace Marketplace.Client.Models;

/// <summary>Offers hours of a lease in the book that it was bought in.</summary>
/// <param name="GpuCount">GPUs offered in every hour of the window, at most those of the lease.</param>
/// <param name="Window">The hours offered, all of them the lease's and none begun.</param>
/// <param name="Price">What is asked.</param>
public sealed record ResellHoursRequest(int? GpuCount, WindowModel? Window, PriceScheduleModel? Price);

/// <summary>The present or last offer of a lease's hours by its buyer.</summary>
/// <param name="LeaseId">The lease.</param>
/// <param name="ListingId">Names the offer in the book: the listing of the leases that are bought from it.</param>
/// <param name="GpuCount">GPUs offered in every hour of the window, sold ones included.</param>
/// <param name="Window">The hours offered.</param>
/// <param name="Price">What is asked.</param>
/// <param name="Status"><c>open</c>, <c>closing</c> (not to be offered any more; the book may have sold more than is known yet) or <c>closed</c>.</param>
/// <param name="Trades">Trades that are known of.</param>
/// <param name="OfferedAt">Since when.</param>
/// <param name="StoppedAt">From when on it was not to be offered any more; null before.</param>
public sealed record ResaleModel(
    string LeaseId,
    string ListingId,
    int GpuCount,
    WindowModel Window,
    PriceScheduleModel Price,
    string Status,
    int Trades,
    string OfferedAt,
    string? StoppedAt);
