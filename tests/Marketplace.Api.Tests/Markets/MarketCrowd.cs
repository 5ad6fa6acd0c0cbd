using Marketplace.Client;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Api.Tests.Markets;

/// <summary>Buyers and listings that keep a book of a host busy. Monday is 2026-11-02; the clock stands at 08:00.</summary>
internal sealed class MarketCrowd(ApiHost host, int seed)
{
    public const string Model = "nvidia-h200-sxm";
    public const string Hub = "guizhou";

    public static readonly BookKey Book = new(GpuModelId.Parse(Model), HubId.Parse(Hub));

    private readonly Random random = new(seed);
    private int listings;

    /// <summary>Offers, and sometimes closes, listings as the registry would.</summary>
    public async Task OfferAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var listing = await OfferAsync(1 + random.Next(8), random.Next(1, 40), 4 + random.Next(30), UnitPrice.OfMicros(1_000_000 + (random.Next(8) * 250_000), Currency.Usd));
            if (random.Next(4) == 0) await host.SendAsync(new ListingClosed(listing, Book, host.Time.Now));
            await Task.Yield();
        }
    }

    /// <summary>Offers one listing, some hours from now.</summary>
    public async Task<ListingId> OfferAsync(int gpus, int from, int hours, PriceSchedule price)
    {
        var number = (UInt128)(uint)((seed * 10_000) + Interlocked.Increment(ref listings));
        var listing = ListingId.From(Ulid.Create(0, number));
        await host.SendAsync(new ListingActivated(
            listing, OrganisationId.From(Ulid.Create(1, number)), MachineId.From(Ulid.Create(2, number)), "GZ-1", Book, gpus,
            HourWindow.Starting(HourSlot.Containing(host.Time.Now) + from, hours), price, 1, new Capacity(1_000, 500_000, 80_000, 1_000),
            CertificateId.From(Ulid.Create(3, number)), 1.2m, 400, host.Time.Now));
        return listing;
    }

    /// <summary>Places bids of every kind through the API, and cancels or replaces some of them.</summary>
    public async Task BidAsync(int count)
    {
        var buyer = host.Client(host.TokenOf(host.NewOrganisation()));
        var waiting = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var bid = await buyer.PlaceBidAsync(Bid(), $"bid-{i}");
            waiting.Add(bid.BidId);
            if (random.Next(3) == 0) await TryAsync(() => buyer.CancelBidAsync(waiting[random.Next(waiting.Count)]));
            if (random.Next(6) == 0)
            {
                await TryAsync(() => buyer.ReplaceBidAsync(waiting[random.Next(waiting.Count)], new ReplaceBidRequest(GpuCount: 1 + random.Next(9)), $"replacement-{i}"));
            }
        }
    }

    private PlaceBidRequest Bid()
    {
        var from = random.Next(1, 40);
        var hours = random.Next(1, 12);
        var start = host.Time.Now + Duration.FromHours(from);
        var limit = $"{1 + (random.Next(8) * 0.25m)}";
        var isFlexible = random.Next(5) == 0;
        return new PlaceBidRequest(
            Model, Hub, 1 + random.Next(6), new WindowModel($"{start}", $"{start + Duration.FromHours(hours)}"),
            random.Next(8) == 0 ? new LimitModel(null, "USD", limit) : new LimitModel(limit, "USD"),
            TimeInForce: random.Next(6) == 0 ? "immediateOrCancel" : null,
            FillRule: random.Next(2) == 0 ? "partial" : null,
            FlexibleHours: isFlexible ? 1 + random.Next(hours) : null);
    }

    // What is over, or changing already, cannot be changed: that is part of a busy market.
    private static async Task TryAsync(Func<Task> request)
    {
        try
        {
            await request();
        }
        catch (ProblemException refused) when ((int)refused.Status is 409 or 422)
        {
        }
    }
}
