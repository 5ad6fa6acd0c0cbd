using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using Marketplace.Trading.Book;
using Marketplace.Trading.PlaceBid;
using Marketplace.Trading.ReadBids;
using Marketplace.Trading.UpdateBid;

namespace Marketplace.Api.Trading;

/// <summary>Bids on the wire.</summary>
internal static class BidModels
{
    public static PlaceBidCommand Read(Fields fields, PlaceBidRequest body)
    {
        var book = new BookKey(fields.GpuModel("/modelId", body.ModelId), fields.Hub("/hubId", body.HubId));
        var gpuCount = fields.Int("/gpuCount", body.GpuCount, 1, BidTerms.MaxGpuCount);
        var fillRule = body.FillRule is null ? FillRule.AllOrNone : fields.Enum<FillRule>("/fillRule", body.FillRule);
        var minimum = body.MinimumGpuCount is null ? null : (int?)fields.Int("/minimumGpuCount", body.MinimumGpuCount, 1, BidTerms.MaxGpuCount);
        var terms = new BidTerms(
            gpuCount,
            fields.Window("/window", body.Window),
            fields.UnitPrice("/limit", body.Limit),
            body.TimeInForce is null ? TimeInForce.GoodTillCancelled : fields.Enum<TimeInForce>("/timeInForce", body.TimeInForce),
            body.ExpiresAt is null ? null : fields.Instant("/expiresAt", body.ExpiresAt),
            fillRule,
            minimum ?? (fillRule == FillRule.Partial ? 1 : gpuCount),
            body.Placement is null ? Placement.Any : fields.Enum<Placement>("/placement", body.Placement),
            Read(fields, body.Requirements));
        return new PlaceBidCommand(book, terms);
    }

    public static BidModel ToModel(BidWithTrades read) => ToModel(read.Bid) with { Trades = [.. read.Trades.Select(ToModel)] };

    public static BidModel ToModel(Bid bid)
    {
        var terms = bid.Terms;
        return new BidModel(
            bid.BidId.ToString(),
            bid.Book.Model.ToString(),
            bid.Book.Hub.ToString(),
            terms.GpuCount,
            terms.Window.ToModel(),
            terms.Limit.ToModel(),
            WireForms.Name(terms.TimeInForce),
            terms.ExpiresAt?.ToWire(),
            WireForms.Name(terms.FillRule),
            terms.MinimumGpuCount,
            WireForms.Name(terms.Placement),
            ToModel(terms.Requirements),
            WireForms.Name(bid.Status),
            bid.Ending is { } ending ? WireForms.Name(ending) : null,
            bid.FilledGpuCount,
            bid.CancellationRequested,
            bid.PlacedAt.ToWire(),
            bid.UpdatedAt.ToWire(),
            Trades: null);
    }

    private static BidRequirements Read(Fields fields, BidRequirementsModel? wanted)
    {
        if (wanted is null) return BidRequirements.None;
        var minimum = new Capacity(
            Figure("int8Gops", wanted.Minimum?.Int8Gops),
            Figure("bf16Gflops", wanted.Minimum?.Bf16Gflops),
            Figure("memoryMB", wanted.Minimum?.MemoryMB),
            Figure("memoryBandwidthMBps", wanted.Minimum?.MemoryBandwidthMBps));
        if (wanted.MaxPue is < 1 or > 100) fields.Add("/requirements/maxPue", "Expected a number from 1 to 100.");
        if (wanted.MaxGridCarbonGramsPerKWh is < 0) fields.Add("/requirements/maxGridCarbonGramsPerKWh", "Expected a whole number, zero or more.");
        return new BidRequirements(minimum, wanted.MaxPue, wanted.MaxGridCarbonGramsPerKWh);

        long Figure(string name, long? value) => value is null ? 0 : fields.Long($"/requirements/minimum/{name}", value, 0, long.MaxValue);
    }

    private static BidRequirementsModel ToModel(BidRequirements requirements)
    {
        var (minimum, pue, carbon) = requirements;
        return new BidRequirementsModel(
            new CapacityModel(minimum.Int8Gops, minimum.Bf16Gflops, minimum.MemoryMB, minimum.MemoryBandwidthMBps), pue, carbon);
    }

    private static BidTradeModel ToModel(BidTrade trade) => new(
        trade.TradeId.ToString(), trade.LeaseId.ToString(), trade.ListingId.ToString(), trade.GpuCount, trade.Price.ToModel(), trade.ExecutedAt.ToWire());
}
