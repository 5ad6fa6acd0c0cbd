using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using Marketplace.Registry.Directory;
using Marketplace.Registry.Enrolments;
using Marketplace.Registry.Listings;
using Marketplace.Registry.Machines;
using Marketplace.Registry.Organisations;
using Marketplace.Registry.ResolveResource;
using NodaTime;

namespace Marketplace.Api.Registry;

/// <summary>What the registry knows, as it goes over the wire.</summary>
internal static class RegistryModels
{
    public static OrganisationModel ToModel(this Organisation organisation) => new(
        organisation.Id.ToString(),
        organisation.Name,
        organisation.Email,
        organisation.CountryCode,
        [.. new[] { organisation.Provides ? OrganisationEndpoints.Provider : null, organisation.Buys ? OrganisationEndpoints.Buyer : null }.OfType<string>()],
        organisation.RegisteredAt.ToWire());

    public static CapacityModel ToModel(this Capacity capacity) =>
        new(capacity.Int8Gops, capacity.Bf16Gflops, capacity.MemoryMB, capacity.MemoryBandwidthMBps, capacity.Fp64Gflops);

    public static GpuModelModel ToModel(this GpuModel model) => new(
        model.Id.ToString(), model.Vendor, model.Name, model.FormFactor, model.Datasheet.ToModel(), model.BoardPowerW, model.AcceptedFraction, model.ProvenOnCpu);

    public static HubModel ToModel(this Hub hub) => new(
        hub.Id.ToString(), hub.Code, hub.Name, hub.EnglishName, [.. hub.Clusters.Select(cluster => new ClusterModel(cluster.Name, cluster.EnglishName))]);

    public static MachineModel ToModel(this Machine machine) => new(
        machine.Id.ToString(),
        machine.Identifier.ToString(),
        machine.Name,
        machine.Hub.ToString(),
        machine.Cluster,
        machine.Model.ToString(),
        machine.GpuCount,
        machine.CpuCores,
        machine.HostMemoryMB,
        machine.Pue,
        machine.GridCarbonGramsPerKWh,
        machine.LastProof?.ToModel(),
        machine.RegisteredAt.ToWire());

    public static MachineTestModel ToModel(this MachineTest test) => new(
        test.VerificationId.ToString(),
        WireForms.Name(test.Purpose),
        test.Passed,
        test.Failure is { } failure ? WireForms.Name(failure) : null,
        test.Claim.ToModel(),
        test.Proven?.ToModel(),
        test.CertificateId?.ToString(),
        test.CompletedAt.ToWire());

    public static ResourceModel ToModel(this Resource resource) => new(
        resource.Machine.Identifier.ToString(),
        resource.Machine.Provider.ToString(),
        resource.Machine.Hub.ToString(),
        resource.Machine.Cluster,
        resource.Machine.Model.ToString(),
        resource.Machine.GpuCount,
        resource.Machine.CpuCores,
        resource.Machine.HostMemoryMB,
        resource.Machine.Pue,
        resource.Machine.GridCarbonGramsPerKWh,
        resource.Machine.LastProof?.Proven?.ToModel(),
        [.. resource.ActiveListings.Select(ToOffer)],
        [.. resource.Tests.Select(ToModel)],
        resource.Machine.RegisteredAt.ToWire());

    public static EnrolmentModel ToModel(this MachineEnrolment enrolment, Instant now) => new(
        enrolment.Id.ToString(),
        enrolment.MachineId.ToString(),
        WireForms.Name(enrolment.StatusAt(now)),
        enrolment.ExpiresAt.ToWire(),
        enrolment.EnrolledAt?.ToWire(),
        enrolment.PredecessorId?.ToString(),
        enrolment.Rotation?.SuccessorId.ToString(),
        enrolment.Rotation?.RetiresAt.ToWire(),
        enrolment.RevokedAt?.ToWire(),
        enrolment.Revocation?.Reason);

    public static ListingModel ToModel(this Listing listing) => new(
        listing.Id.ToString(),
        listing.MachineId.ToString(),
        listing.Identifier.ToString(),
        listing.Book.Hub.ToString(),
        listing.Book.Model.ToString(),
        listing.GpuCount,
        listing.Window.ToModel(),
        listing.Price.ToModel(),
        listing.MinimumHours,
        listing.Claim.ToModel(),
        WireForms.Name(listing.Status),
        listing.Failure is { } failure ? WireForms.Name(failure) : null,
        ReasonOf(listing),
        listing.Proven?.ToModel(),
        listing.VerificationId?.ToString(),
        listing.CertificateId?.ToString(),
        listing.CreatedAt.ToWire(),
        listing.Version);

    public static OfferModel ToModel(this DirectoryEntry entry) => new(
        entry.Id.ToString(),
        entry.Identifier,
        entry.Book.Hub.ToString(),
        entry.Book.Model.ToString(),
        entry.GpuCount,
        entry.Window.ToModel(),
        entry.Price.ToModel(),
        entry.MinimumHours,
        entry.Proven.ToModel(),
        entry.CertificateId.ToString(),
        entry.Pue,
        entry.GridCarbonGramsPerKWh);

    private static OfferModel ToOffer(Listing listing) => new(
        listing.Id.ToString(),
        listing.Identifier.ToString(),
        listing.Book.Hub.ToString(),
        listing.Book.Model.ToString(),
        listing.GpuCount,
        listing.Window.ToModel(),
        listing.Price.ToModel(),
        listing.MinimumHours,
        listing.Proven!.ToModel(),
        listing.CertificateId!.Value.ToString(),
        listing.Pue,
        listing.GridCarbonGramsPerKWh);

    private static string? ReasonOf(Listing listing)
    {
        if (listing.Failure is not { } failure) return listing.SuspensionReason;
        return failure switch
        {
            VerificationFailure.NotCompleted => "The proof was not completed in time.",
            VerificationFailure.ProofInvalid => "The proof did not check out.",
            VerificationFailure.BelowClaim =>
                $"The proof shows less than the accepted part of the claim of {listing.Claim.Int8Gops} int8 Gop/s: {listing.Proven?.Int8Gops ?? 0}.",
        };
    }
}
