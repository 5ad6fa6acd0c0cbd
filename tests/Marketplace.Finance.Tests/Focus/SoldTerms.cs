using Marketplace.Contracts;

namespace Marketplace.Finance.Tests;

/// <summary>What leases are of, and names: one lease was sold on, and is in the other hub, which is the one that the catalogue knows.</summary>
internal sealed class SoldTerms : ILeasedCapacities, IOrganisationNames, ICatalogue
{
    private static readonly BookKey[] Books =
        [new(GpuModelId.Parse("nvidia-h200-sxm"), HubId.Parse("guizhou")), new(GpuModelId.Parse("nvidia-h200-sxm"), HubId.Parse("gansu"))];

    public static LeaseId Resold { get; } = ConsistentWorld.Id<LeaseKind>(11);

    public static LeaseId Unknown { get; } = ConsistentWorld.Id<LeaseKind>(999);

    public IReadOnlyList<GpuModel> Models => [new(Books[0].Model, "NVIDIA", "H200 SXM", "SXM", default!, 700, 0.85, false)];

    public IReadOnlyList<Hub> Hubs => [new(Books[1].Hub, "GS", "甘肃", "Gansu", [])];

    public Task<LeasedCapacity?> FindCapacityAsync(LeaseId lease, CancellationToken cancellationToken) => Task.FromResult(
        lease == Unknown ? null : new LeasedCapacity(Books[lease == Resold ? 1 : 0], ConsistentWorld.Id<OrganisationKind>(lease == Resold ? 3 : 2)));

    public Task<string?> FindNameAsync(OrganisationId organisation, CancellationToken cancellationToken) => Task.FromResult<string?>(
        organisation == ConsistentWorld.Id<OrganisationKind>(1) ? "Buyer 1" : organisation == ConsistentWorld.Id<OrganisationKind>(2) ? "Seller 2" : "Owner 3");

    public GpuModel? FindModel(GpuModelId id) => Models.FirstOrDefault(m => m.Id == id);

    public Hub? FindHub(HubId id) => Hubs.FirstOrDefault(h => h.Id == id);
}
