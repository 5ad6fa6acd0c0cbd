using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using Marketplace.Trading.Book;
using Marketplace.Trading.ExplainBid;
using Marketplace.Trading.PlaceBid;
using Marketplace.Trading.ReadBids;
using Marketplace.Trading.RequestReplacement;
using Marketplace.Trading.UpdateBid;

namespace Marketplace.Api.Trading;

/// <summary>Bids on the wire.</summary>
internal static class BidModels
{
    public static PlaceBidCommand Read(Fields fields, PlaceBidRequest body)
    {
        var book = new BookKey(fields.GpuModel("/modelId", body.ModelId), fields.Hub("/hubId", body.HubId));
        var gpuCount = fields.Int("/gpuCount", body.GpuCount, 1, BidTerms.MaxGpuCount);
        var fillRule = fields.Enum("/fillRule", body.FillRule, FillRule.AllOrNone);
        var minimum = body.MinimumGpuCount is null ? null : (int?)fields.Int("/minimumGpuCount", body.MinimumGpuCount, 1, BidTerms.MaxGpuCount);
        var (limit, basis) = ReadLimit(fields, body.Limit);
        var terms = new BidTerms(
            gpuCount,
            fields.Window("/window", body.Window),
            limit,
            fields.Enum("/timeInForce", body.TimeInForce, TimeInForce.GoodTillCancelled),
            body.ExpiresAt is null ? null : fields.Instant("/expiresAt", body.ExpiresAt),
            fillRule,
            minimum ?? (fillRule == FillRule.Partial ? 1 : gpuCount),
            fields.Enum("/placement", body.Placement, Placement.Any),
            Read(fields, body.Requirements),
            body.FlexibleHours is null ? null : fields.Int("/flexibleHours", body.FlexibleHours, 1, HourWindow.MaxHours),
            basis,
            body.PostOnly ?? false,
            fields.Enum("/selfTradePrevention", body.SelfTradePrevention, SelfTradePrevention.ExpireTaker));
        return new PlaceBidCommand(book, terms);
    }

    public static RequestReplacementCommand Read(Fields fields, BidId bidId, ReplaceBidRequest body)
    {
        if (body is { GpuCount: null, Limit: null, MinimumGpuCount: null, ExpiresAt: null }) fields.Add("", "Expected gpuCount, limit, minimumGpuCount or expiresAt.");
        (UnitPrice Price, PriceBasis Basis)? limit = body.Limit is null ? null : ReadLimit(fields, body.Limit);
        return new RequestReplacementCommand(
            bidId,
            body.GpuCount is null ? null : fields.Int("/gpuCount", body.GpuCount, 1, BidTerms.MaxGpuCount),
            limit?.Price,
            limit?.Basis,
            body.MinimumGpuCount is null ? null : fields.Int("/minimumGpuCount", body.MinimumGpuCount, 1, BidTerms.MaxGpuCount),
            body.ExpiresAt is null ? null : fields.Instant("/expiresAt", body.ExpiresAt));
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
            terms.FlexibleHours,
            LimitOf(terms),
            WireForms.Name(terms.TimeInForce),
            terms.ExpiresAt?.ToWire(),
            WireForms.Name(terms.FillRule),
            terms.MinimumGpuCount,
            WireForms.Name(terms.Placement),
            ToModel(terms.Requirements),
            terms.PostOnly,
            WireForms.Name(terms.SelfTradePrevention),
            WireForms.Name(bid.Status),
            bid.Ending is { } ending ? WireForms.Name(ending) : null,
            bid.FilledGpuCount,
            bid.CancellationRequested,
            bid.Replacement is { } replacement ? ToModel(replacement) : null,
            bid.PlacedAt.ToWire(),
            bid.UpdatedAt.ToWire(),
            Trades: null);
    }

    // The member's name says what the limit is a price of.
    private static (UnitPrice Limit, PriceBasis Basis) ReadLimit(Fields fields, LimitModel? limit)
    {
        if (limit is { PerGpuHour: not null, PerProvenPflopHour: not null })
        {
            fields.Add("/limit", "Expected perGpuHour or perProvenPflopHour, not both.");
            return default;
        }

        var basis = limit?.PerProvenPflopHour is null ? PriceBasis.GpuHour : PriceBasis.ProvenPflopHour;
        if (basis == PriceBasis.GpuHour) return (fields.UnitPrice("/limit", limit is null ? null : new UnitPriceModel(limit.PerGpuHour, limit.Currency)), basis);
        return (fields.UnitPrice("/limit/perProvenPflopHour", limit!.PerProvenPflopHour, fields.Currency("/limit/currency", limit.Currency)), basis);
    }

    private static LimitModel LimitOf(BidTerms terms)
    {
        var (price, currency) = (terms.Limit.PerGpuHour, terms.Limit.Currency.Code);
        return terms.PriceBasis == PriceBasis.GpuHour ? new LimitModel(price, currency) : new LimitModel(null, currency, price);
    }

    public static BidRequirements Read(Fields fields, BidRequirementsModel? wanted)
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

    public static BidExplanationModel ToModel(ExplainedBid explained)
    {
        var (bid, explanation) = explained;
        return new BidExplanationModel(
            bid.BidId.ToString(),
            WireForms.Name(bid.Status),
            explanation.Sequence,
            explanation.Hours.ToModel(),
            explanation.OpenGpuCount,
            explanation.OfferedGpuCount,
            explanation.AvailableGpuCount,
            [.. explanation.Excluded.Select(e => new ExcludedCapacityModel(WireForms.Name(e.Constraint), e.ExcludedGpuCount, e.AvailableIfLiftedGpuCount))],
            explanation.NearestLimit is { } limit ? LimitOf(bid.Terms with { Limit = limit }) : null);
    }

    private static BidRequirementsModel ToModel(BidRequirements requirements)
    {
        var (minimum, pue, carbon) = requirements;
        return new BidRequirementsModel(
            new CapacityModel(minimum.Int8Gops, minimum.Bf16Gflops, minimum.MemoryMB, minimum.MemoryBandwidthMBps), pue, carbon);
    }

    private static BidReplacementModel ToModel(BidReplacement replacement) => new(
        replacement.Terms.GpuCount,
        LimitOf(replacement.Terms),
        replacement.Terms.MinimumGpuCount,
        replacement.Terms.ExpiresAt?.ToWire(),
        WireForms.Name(replacement.Status),
        replacement.RequestedAt.ToWire());

    private static BidTradeModel ToModel(BidTrade trade) => new(
        trade.TradeId.ToString(),
        trade.LeaseId.ToString(),
        trade.ListingId.ToString(),
        trade.GpuCount,
        trade.Window.ToModel(),
        trade.Price.ToModel(),
        trade.ExecutedAt.ToWire());
}
