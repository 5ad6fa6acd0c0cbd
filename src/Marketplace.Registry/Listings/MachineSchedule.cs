namespace Marketplace.Registry.Listings;

/// <summary>Hours of a machine that a listing holds.</summary>
/// <param name="ListingId">The listing.</param>
/// <param name="GpuCount">GPUs in every hour of the window.</param>
/// <param name="Window">The hours.</param>
public sealed record HeldHours(ListingId ListingId, int GpuCount, HourWindow Window);

/// <summary>
/// Which hours of a machine its listings hold, so that none is offered twice. A listing holds its hours from the moment it is made. One
/// that ends without ever having been active gives them back; one that was active keeps them to the end of its window, because trades
/// may stand that the registry does not know of.
/// </summary>
/// <param name="Holds">What is held, in the order it was taken.</param>
public sealed record MachineSchedule(IReadOnlyList<HeldHours> Holds)
{
    /// <summary>The most listings that may hold hours of one machine at a time.</summary>
    public const int MaxHolds = 500;

    /// <summary>A schedule in which nothing is held.</summary>
    public static MachineSchedule Empty { get; } = new([]);

    /// <summary>Whether it has room for one more listing.</summary>
    public bool IsFull => Holds.Count >= MaxHolds;

    /// <summary>The most GPUs that are held in any one hour of a window.</summary>
    public long MostHeld(HourWindow window)
    {
        // The sum only rises where a hold begins: those hours, and the window's first, are all that need a look.
        HeldHours[] near = [.. Holds.Where(hold => hold.Window.Overlaps(window))];
        return near.Select(hold => hold.Window.From).Where(window.Contains).Append(window.From)
            .Max(hour => near.Where(hold => hold.Window.Contains(hour)).Sum(hold => (long)hold.GpuCount));
    }

    /// <summary>The schedule with one listing more.</summary>
    public MachineSchedule Hold(HeldHours hours) => new([.. Holds, hours]);

    /// <summary>The schedule without a listing.</summary>
    public MachineSchedule Release(ListingId listing) => new([.. Holds.Where(hold => hold.ListingId != listing)]);

    /// <summary>The schedule without what is over.</summary>
    public MachineSchedule From(HourSlot now) => new([.. Holds.Where(hold => hold.Window.To > now)]);
}
