using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>Places a bid. Needs the scope <c>bids:write</c>.</summary>
    /// <param name="request">The bid.</param>
    /// <param name="idempotencyKey">The buyer's own order id.</param>
    /// <param name="waitSeconds">How long to wait for the outcome, at most 30; 0 answers while the bid is still pending.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<BidModel> PlaceBidAsync(
        PlaceBidRequest request, string idempotencyKey, int waitSeconds = 0, CancellationToken cancellationToken = default) => SendAsync(
            HttpMethod.Post,
            "/v1/bids",
            () => JsonContent.Create(request, TradingJson.Default.PlaceBidRequest),
            KeyedAndWaiting(idempotencyKey, waitSeconds),
            TradingJson.Default.BidModel,
            cancellationToken);

    /// <summary>Why a bid of the caller's has not bought what it still wants.</summary>
    public Task<BidExplanationModel> ExplainBidAsync(string bidId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/bids/{bidId}/explanation", TradingJson.Default.BidExplanationModel, cancellationToken);

    /// <summary>Where a job could run now, over all order books. Reserves nothing.</summary>
    public Task<JobQuoteModel> QuoteJobAsync(QuoteJobRequest request, CancellationToken cancellationToken = default) => SendAsync(
        HttpMethod.Post, "/v1/quotes", () => JsonContent.Create(request, TradingJson.Default.QuoteJobRequest), null, TradingJson.Default.JobQuoteModel, cancellationToken);

    /// <summary>Replaces a bid that waits. Needs the scope <c>bids:write</c>.</summary>
    /// <param name="bidId">The bid.</param>
    /// <param name="request">What changes.</param>
    /// <param name="idempotencyKey">Names the intent.</param>
    /// <param name="waitSeconds">How long to wait for the outcome, at most 30; 0 answers while it is still pending.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<BidModel> ReplaceBidAsync(
        string bidId, ReplaceBidRequest request, string idempotencyKey, int waitSeconds = 0, CancellationToken cancellationToken = default) => SendAsync(
            HttpMethod.Post,
            $"/v1/bids/{bidId}/replacement",
            () => JsonContent.Create(request, TradingJson.Default.ReplaceBidRequest),
            KeyedAndWaiting(idempotencyKey, waitSeconds),
            TradingJson.Default.BidModel,
            cancellationToken);

    /// <summary>Reads a bid of the caller's, with its trades.</summary>
    public Task<BidModel> GetBidAsync(string bidId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/bids/{bidId}", TradingJson.Default.BidModel, cancellationToken);

    /// <summary>Lists the caller's bids, newest first, without their trades.</summary>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="status">Only those with this status; null for all.</param>
    /// <param name="modelId">Only those for this GPU class; null for all.</param>
    /// <param name="hubId">Only those in this hub; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Page<BidModel>> ListBidsAsync(
        int limit = 50,
        string? cursor = null,
        string? status = null,
        string? modelId = null,
        string? hubId = null,
        CancellationToken cancellationToken = default) => GetAsync(
        WithQuery(
            "/v1/bids",
            ("limit", limit.ToString(CultureInfo.InvariantCulture)),
            ("cursor", cursor),
            ("status", status),
            ("model", modelId),
            ("hub", hubId)),
        TradingJson.Default.PageBidModel,
        cancellationToken);

    /// <summary>Asks for a bid to be cancelled. Asking again changes nothing; once it is over that is refused.</summary>
    public Task<BidModel> CancelBidAsync(string bidId, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"/v1/bids/{bidId}/cancellation", null, Keyed("cancellation"), TradingJson.Default.BidModel, cancellationToken);

    private static Action<HttpRequestHeaders> KeyedAndWaiting(string idempotencyKey, int waitSeconds) => headers =>
    {
        Keyed(idempotencyKey)(headers);
        Waiting(waitSeconds)(headers);
    };

    private static Action<HttpRequestHeaders> Waiting(int seconds) => headers =>
    {
        if (seconds > 0) headers.Add("Prefer", $"wait={seconds.ToString(CultureInfo.InvariantCulture)}");
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PlaceBidRequest))]
[JsonSerializable(typeof(ReplaceBidRequest))]
[JsonSerializable(typeof(BidExplanationModel))]
[JsonSerializable(typeof(QuoteJobRequest))]
[JsonSerializable(typeof(JobQuoteModel))]
[JsonSerializable(typeof(Page<BidModel>))]
internal sealed partial class TradingJson : JsonSerializerContext;
