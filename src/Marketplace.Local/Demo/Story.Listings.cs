using System.Globalization;
using System.Text.Json;
using Marketplace.Client.Models;

namespace Marketplace.Local.Demo;

internal sealed partial class Story
{
    // An interrupted proof is no proof: a provider whose host was away submits again.
    private const int MostSubmissions = 30;

    private async Task<ListingCounts> ListAsync(HourSlot firstHour, CancellationToken cancellationToken)
    {
        var report = await RunWorkerAsync(["report", "--json"], cancellationToken);
        using var parsed = JsonDocument.Parse(report);
        var measured = parsed.RootElement.GetProperty("int8").GetProperty("provableInt8Gops").GetInt64();
        var honest = (long)(measured * world.ClaimShare);
        narrator.Say($"The worker measures about {measured:N0} int8 GOP/s on this machine; honest providers claim {honest:N0}.".ToString(CultureInfo.InvariantCulture));

        var liar = providers[2];
        var rejected = await OfferAsync(liar, firstHour + 24, measured * 2, "twice", cancellationToken);
        if (rejected.Status != "rejected") throw new InvalidOperationException($"A claim of twice the capacity became {rejected.Status}.");
        narrator.Say($"{liar.Role.Name} claimed {measured * 2:N0} GOP/s and is rejected: {rejected.Reason} Proven: {rejected.Proven?.Int8Gops:N0} GOP/s.");

        var active = new List<ListingModel>();
        foreach (var provider in providers)
        {
            var listing = await OfferAsync(provider, firstHour, honest, "honest", cancellationToken);
            for (var again = 2; listing.Status == "rejected" && again <= MostSubmissions; again++)
            {
                await world.As(provider.Id).SubmitListingAsync(listing.ListingId, $"submit-{Slug(provider.Role.Name)}-honest-{again}", cancellationToken);
                listing = await ProveAsync(provider, listing.ListingId, cancellationToken);
            }

            if (listing.Status != "active") throw new InvalidOperationException($"The honest listing of {provider.Role.Name} is {listing.Status}: {listing.Reason}");
            narrator.Say($"{provider.Role.Name}: proven {listing.Proven!.Int8Gops:N0} GOP/s, certificate {listing.CertificateId}, active.");
            active.Add(listing);
        }

        return new ListingCounts(active.Count, 1);
    }

    private async Task<ListingModel> OfferAsync(
        SettledProvider provider, HourSlot firstHour, long claimInt8Gops, string which, CancellationToken cancellationToken)
    {
        var client = world.As(provider.Id);
        var slug = $"{Slug(provider.Role.Name)}-{which}";
        var window = HourWindow.Starting(firstHour, 24);
        var listing = await client.CreateListingAsync(
            new CreateListingRequest(
                provider.Machine.Id.ToString(),
                1,
                new WindowModel(window.From.ToString(), window.To.ToString()),
                new UnitPriceModel(provider.Role.PriceCny, "CNY"),
                1,
                new CapacityModel(claimInt8Gops, 0, 0, 0)),
            $"list-{slug}",
            cancellationToken);
        await client.SubmitListingAsync(listing.ListingId, $"submit-{slug}", cancellationToken);
        return await ProveAsync(provider, listing.ListingId, cancellationToken);
    }

    /// <summary>Has the machine's worker prove what is asked of it, until the listing's fate is known.</summary>
    private Task<ListingModel> ProveAsync(SettledProvider provider, string listingId, CancellationToken cancellationToken) =>
        narrator.WhileAsync($"{provider.Role.Name}'s worker proves its capacity", async () =>
        {
            var client = world.As(provider.Id);
            return await UntilAsync(
                async () =>
                {
                    await WorkAsync(provider.Machine, cancellationToken);
                    return await client.GetListingAsync(listingId, 1, cancellationToken);
                },
                listing => listing.Status != "pendingVerification",
                $"listing {listingId} is verified",
                cancellationToken);
        });

    /// <summary>One run of a machine's worker. Its exit code tells the verdict, which is the server's to say: it is not looked at here.</summary>
    private Task<WorkerResult> WorkAsync(MachineIdentity machine, CancellationToken cancellationToken) =>
        WorkerProcess.RunAsync(["verify", "--api", world.Url.ToString(), "--key", machine.KeyFile, "--wait", "5"], cancellationToken);
}
