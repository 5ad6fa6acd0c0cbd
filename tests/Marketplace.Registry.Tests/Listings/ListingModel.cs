using Marketplace.Registry.Listings;

namespace Marketplace.Registry.Tests.Listings;

/// <summary>An independent and much simpler idea of listings: what may follow what, and which hours are held.</summary>
internal sealed class ListingModel(int gpuCount)
{
    private static readonly HashSet<(ListingStatus From, ListingStatus To)> Legal =
    [
        (ListingStatus.Draft, ListingStatus.PendingVerification),
        (ListingStatus.Rejected, ListingStatus.PendingVerification),
        (ListingStatus.Suspended, ListingStatus.PendingVerification),
        (ListingStatus.PendingVerification, ListingStatus.Active),
        (ListingStatus.PendingVerification, ListingStatus.Rejected),
        (ListingStatus.Active, ListingStatus.Suspended),
    ];

    private readonly Dictionary<ListingId, Listing> known = [];

    public IReadOnlyCollection<Listing> Listings => known.Values;

    public static bool IsEnd(ListingStatus status) => status is ListingStatus.Withdrawn or ListingStatus.Expired;

    public void Add(Listing draft)
    {
        Assert.Equal(ListingStatus.Draft, draft.Status);
        known.Add(draft.Id, draft);
        CheckHours();
    }

    /// <summary>Whether a listing of these GPUs and hours has room.</summary>
    public bool HasRoom(int gpus, HourWindow window) => window.Slots().All(hour => Held(hour) + gpus <= gpuCount);

    /// <summary>Takes over how a listing is now and asserts that it may have come to be so.</summary>
    public void See(Listing now)
    {
        var before = known[now.Id];
        if (now.Status != before.Status)
        {
            Assert.True(
                !IsEnd(before.Status) && (IsEnd(now.Status) || Legal.Contains((before.Status, now.Status))), $"{before.Status} became {now.Status}");
            Assert.Equal(before.Version + 1, now.Version);
        }

        Assert.Equal((before.Window, before.GpuCount, before.MachineId), (now.Window, now.GpuCount, now.MachineId));
        Assert.True(now.WasActive || now.Status != ListingStatus.Active);
        Assert.True(now.WasActive || !before.WasActive);
        known[now.Id] = now;
        CheckHours();
    }

    // Whatever was active may have sold its hours, and keeps them.
    private int Held(HourSlot hour) =>
        known.Values.Where(listing => listing.Window.Contains(hour) && (listing.WasActive || !IsEnd(listing.Status))).Sum(listing => listing.GpuCount);

    private void CheckHours()
    {
        foreach (var hour in known.Values.SelectMany(listing => listing.Window.Slots()).Distinct()) Assert.True(Held(hour) <= gpuCount, $"{hour} is oversold");
    }
}
