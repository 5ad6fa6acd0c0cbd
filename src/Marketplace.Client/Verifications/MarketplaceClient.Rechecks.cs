using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>The windows in which the caller's machines were verified again, newest first.</summary>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Page<RecheckWindowModel>> ListRecheckWindowsAsync(int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) =>
        GetAsync(
            WithQuery("/v1/recheck-windows", ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor)),
            RechecksJson.Default.PageRecheckWindowModel,
            cancellationToken);

    /// <summary>A window of the caller's.</summary>
    public Task<RecheckWindowModel> GetRecheckWindowAsync(string windowId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/recheck-windows/{windowId}", RechecksJson.Default.RecheckWindowModel, cancellationToken);

    /// <summary>Has all that a provider offers verified again, now. Needs the scope <c>operator</c>.</summary>
    public Task<RecheckWindowModel> OrderRecheckAsync(string providerId, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync($"/v1/organisations/{providerId}/recheck", idempotencyKey, RechecksJson.Default.RecheckWindowModel, cancellationToken);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Page<RecheckWindowModel>))]
internal sealed partial class RechecksJson : JsonSerializerContext;
