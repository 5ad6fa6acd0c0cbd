using Marketplace.Client.Models;

namespace Marketplace.Local.Demo;

internal sealed partial class Story
{
    /// <summary>A bid that waits for a seller, placed before there is one.</summary>
    private async Task<BidModel> PlaceStandingBidAsync(HourSlot firstHour, CancellationToken cancellationToken)
    {
        var bid = await PlaceAsync(moleculesId, Cast.Horinger.Hub, firstHour, 3, "11.50", "goodTillCancelled", "standing", cancellationToken);
        narrator.Say($"{Cast.Molecules.Name} already bids 11.50 CNY per GPU-hour at {Cast.Horinger.Hub}, where nobody sells yet: the bid is {bid.Status}.");
        return bid;
    }

    /// <summary>Bids that take, one that waited and is now filled, and one that asks for too little. Gives the filled ones.</summary>
    private async Task<IReadOnlyList<BidModel>> BidAsync(BidModel standing, HourSlot firstHour, CancellationToken cancellationToken)
    {
        var placed = new List<(string Buyer, BidModel Bid)>
        {
            (moleculesId, await UntilAsync(
                () => world.As(moleculesId).GetBidAsync(standing.BidId, cancellationToken), b => b.Status == "filled", "the standing bid is filled", cancellationToken)),
            (visionId, await PlaceAsync(visionId, Cast.GuiAn.Hub, firstHour, 4, "13.00", "goodTillCancelled", "vision-guian", cancellationToken)),
            (moleculesId, await PlaceAsync(moleculesId, Cast.GuiAn.Hub, firstHour + 4, 2, "12.60", "fillOrKill", "molecules-guian", cancellationToken)),
            (visionId, await PlaceAsync(visionId, Cast.Zhongwei.Hub, firstHour, 2, "12.00", "goodTillCancelled", "vision-zhongwei", cancellationToken)),
            (moleculesId, await PlaceAsync(moleculesId, Cast.Zhongwei.Hub, firstHour + 4, 2, "5.00", "immediateOrCancel", "too-little", cancellationToken)),
        };
        narrator.Table(
            "Bids",
            ["buyer", "hub", "hours", "limit", "time in force", "status", "price"],
            [.. placed.Select(p => (IReadOnlyList<string>)
            [
                NameOf(p.Buyer), p.Bid.HubId, Describe(p.Bid.Window), p.Bid.Limit.PerGpuHour!, p.Bid.TimeInForce, p.Bid.Status,
                p.Bid.Trades is [var trade, ..] ? trade.Price.PerGpuHour! : "",
            ])]);
        return [.. placed.Select(p => p.Bid).Where(b => b.Status == "filled")];
    }

    private async Task<BidModel> PlaceAsync(
        string buyer, string hub, HourSlot from, int hours, string limit, string timeInForce, string key, CancellationToken cancellationToken)
    {
        var window = HourWindow.Starting(from, hours);
        var client = world.As(buyer);
        var bid = await client.PlaceBidAsync(
            new PlaceBidRequest(
                Cast.Model, hub, 1, new WindowModel(window.From.ToString(), window.To.ToString()), new LimitModel(limit, "CNY"), timeInForce),
            $"bid-{key}",
            10,
            cancellationToken);
        return await UntilAsync(
            () => client.GetBidAsync(bid.BidId, cancellationToken), b => b.Status != "pending", $"bid {bid.BidId} reaches its book", cancellationToken);
    }
}
