using System.Security.Cryptography;
using Marketplace.Client;
using Marketplace.Client.Models;
using Marketplace.Contracts;

namespace Marketplace.Api.Tests.Registry;

/// <summary>Short ways through the registry's API for tests that are about something else.</summary>
internal static class RegistryWalk
{
    public static readonly RegisterMachineRequest Machine = new("rack 1", "guizhou", "Gui'an", "cpu-x86-64", 1, 8, 32_000, 1.21m, 480);

    public static readonly WindowModel Window = new("2026-11-02T10:00:00Z", "2026-11-02T14:00:00Z");

    public static async Task<(MarketplaceClient Client, string Token)> ProviderAsync(this ApiHost host)
    {
        var organisation = await host.Client(host.StaffToken()).RegisterOrganisationAsync(
            new RegisterOrganisationRequest("Cloud Ridge", "billing@cloudridge.example", "CN", ["provider"]), NewKey());
        var token = host.TokenOf(OrganisationId.Parse(organisation.OrganisationId));
        return (host.Client(token), token);
    }

    public static async Task<MachineModel> EnrolledMachineAsync(this MarketplaceClient provider)
    {
        var machine = await provider.RegisterMachineAsync(Machine, NewKey());
        var code = await provider.IssueEnrolmentCodeAsync(machine.MachineId, NewKey());
        await provider.EnrolKeyAsync(code.Code!, NewPublicKey());
        return machine;
    }

    public static CreateListingRequest ListingOf(string machineId, WindowModel? window = null, long int8Gops = 250) => new(
        machineId, 1, window ?? Window, new PriceScheduleModel("2.10", "USD"), 1, new CapacityModel(int8Gops, null, null, null));

    public static async Task VerdictAsync(this ApiHost host, ListingModel pending, string provider, long provenInt8Gops, bool passed)
    {
        await host.SendAsync(new VerificationCompleted(
            VerificationId.Parse(pending.VerificationId!),
            VerificationPurpose.Listing,
            pending.ListingId,
            OrganisationId.Parse(provider),
            MachineId.Parse(pending.MachineId),
            passed,
            passed ? null : VerificationFailure.BelowClaim,
            new Capacity(pending.Claim.Int8Gops!.Value, 0, 0, 0),
            new Capacity(provenInt8Gops, 0, 0, 0),
            passed ? CertificateId.From(Ulid.Create(1, 1)) : null,
            host.Time.Now));
        await host.WhenIdleAsync();
    }

    public static string NewKey() => Guid.NewGuid().ToString();

    public static byte[] NewPublicKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportSubjectPublicKeyInfo();
    }
}
