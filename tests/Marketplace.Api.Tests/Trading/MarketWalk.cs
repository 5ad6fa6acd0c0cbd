using System.Security.Cryptography;
using Marketplace.Api.Tests.Registry;
using Marketplace.Client;
using Marketplace.Client.Models;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Api.Tests.Trading;

/// <summary>A market with one active listing of 10:00 to 14:00, at 2.10 USD unless said, and a buyer; the clock stands at Monday 08:00.</summary>
internal sealed class MarketWalk : IAsyncDisposable
{
    private readonly ECDsa machineKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ApiHost Host { get; private init; } = null!;

    public MarketplaceClient Provider { get; private set; } = null!;

    public MarketplaceClient Buyer { get; private set; } = null!;

    public MarketplaceClient Machine { get; private set; } = null!;

    public string MachineToken { get; private set; } = null!;

    public string EnrolmentCode { get; private set; } = null!;

    public string BuyerToken { get; private set; } = null!;

    public ListingModel Listing { get; private set; } = null!;

    public static async Task<MarketWalk> StartAsync(PriceScheduleModel? price = null, Action<IServiceCollection>? configure = null)
    {
        var walk = new MarketWalk { Host = await ApiHost.StartAsync(configure) };
        var host = walk.Host;
        (walk.Provider, _) = await host.ProviderAsync();
        var machine = await walk.Provider.RegisterMachineAsync(RegistryWalk.Machine, RegistryWalk.NewKey());
        var code = await walk.Provider.IssueEnrolmentCodeAsync(machine.MachineId, RegistryWalk.NewKey());
        var enrolled = await walk.Provider.EnrolKeyAsync(code.Code!, walk.machineKey.ExportSubjectPublicKeyInfo());
        walk.EnrolmentCode = code.Code!;
        walk.MachineToken = Client.Tokens.MachineToken.Create(walk.machineKey, EnrolmentId.Parse(enrolled.EnrolmentId), TimeProvider.System);
        walk.Machine = host.Client(walk.MachineToken);

        var listing = RegistryWalk.ListingOf(machine.MachineId);
        var draft = await walk.Provider.CreateListingAsync(listing with { Price = price ?? listing.Price }, RegistryWalk.NewKey());
        var pending = await walk.Provider.SubmitListingAsync(draft.ListingId, RegistryWalk.NewKey());
        var providerId = (await walk.Provider.GetResourceAsync(machine.ResourceIdentifier)).ProviderId;
        await host.VerdictAsync(pending, providerId, 260, passed: true);
        walk.Listing = await walk.Provider.GetListingAsync(draft.ListingId);

        walk.BuyerToken = host.TokenOf(host.NewOrganisation());
        walk.Buyer = host.Client(walk.BuyerToken);
        return walk;
    }

    public static PlaceBidRequest Bid(string limit = "2.50", int fromHour = 10, int toHour = 12) => new(
        "cpu-x86-64", "guizhou", 1, new WindowModel($"2026-11-02T{fromHour:D2}:00:00Z", $"2026-11-02T{toHour:D2}:00:00Z"), new LimitModel(limit, "USD"));

    /// <summary>The lease of a bid that is bought at once.</summary>
    public async Task<LeaseModel> LeaseAsync(int fromHour = 10, int toHour = 12)
    {
        var bid = await Buyer.PlaceBidAsync(Bid(fromHour: fromHour, toHour: toHour), RegistryWalk.NewKey(), waitSeconds: 10);
        await Host.WhenIdleAsync();
        return await Buyer.GetLeaseAsync(bid.Trades![0].LeaseId);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        machineKey.Dispose();
    }
}
