using System.Text.Json;
using Marketplace.Client.Models;

namespace Marketplace.Local.Demo;

internal sealed partial class Story
{
    // An interrupted proof is no proof: a provider whose host was away submits again.
    private const int MostSubmissions = 30;
    private const int MostLies = 4;

    private async Task<ListingCounts> ListAsync(HourSlot firstHour, CancellationToken cancellationToken)
    {
        var report = await RunWorkerAsync(["report", "--json"], cancellationToken);
        using var parsed = JsonDocument.Parse(report);
        var measured = parsed.RootElement.GetProperty("int8").GetProperty("provableInt8Gops").GetInt64();
        // On a machine busy enough to measure next to nothing an honest claim is still a claim.
        var honest = Math.Max(1, (long)(measured * world.ClaimShare));
        narrator.Say($"The worker measures about {measured} int8 GOP/s on this machine; honest providers claim {honest}.");

        await LieAsync(providers[2], firstHour + 24, measured * 2, cancellationToken);
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
            narrator.Say($"{provider.Role.Name}: proven {listing.Proven!.Int8Gops} GOP/s, certificate {listing.CertificateId}, active.");
            active.Add(listing);
        }

        return new ListingCounts(active.Count, 1);
    }

    /// <summary>
    /// A listing that claims twice what the machine has. Where the machine turns out to be as fast as that after all, because it was
    /// busy with something else when it was measured, the claim is doubled again.
    /// </summary>
    private async Task LieAsync(SettledProvider liar, HourSlot from, long claim, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MostLies; attempt++)
        {
            var listing = await OfferAsync(liar, from + 24 * (attempt - 1), claim, $"lie-{attempt}", cancellationToken);
            if (listing.Status == "rejected")
            {
                narrator.Say($"{liar.Role.Name} claimed {claim} int8 GOP/s and is rejected. {listing.Reason}");
                return;
            }

            claim = 2 * (listing.Proven?.Int8Gops ?? claim);
        }

        throw new InvalidOperationException("No claim of twice the capacity was rejected.");
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
                new PriceScheduleModel(provider.Role.PriceCny, "CNY"),
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
