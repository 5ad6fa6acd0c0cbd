using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>Lists dead letters, newest first. Needs the scope <c>operator</c>.</summary>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Page<DeadLetterModel>> ListDeadLettersAsync(int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) =>
        GetAsync(
            WithQuery("/v1/dead-letters", ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor)),
            DeadLettersJson.Default.PageDeadLetterModel,
            cancellationToken);

    /// <summary>Reads a dead letter.</summary>
    public Task<DeadLetterModel> GetDeadLetterAsync(string messageId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/dead-letters/{messageId}", DeadLettersJson.Default.DeadLetterModel, cancellationToken);

    /// <summary>Sends a dead letter's message again and lets its session go on.</summary>
    public Task<DeadLetterModel> ResubmitDeadLetterAsync(string messageId, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync($"/v1/dead-letters/{messageId}/resubmission", idempotencyKey, DeadLettersJson.Default.DeadLetterModel, cancellationToken);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Page<DeadLetterModel>))]
internal sealed partial class DeadLettersJson : JsonSerializerContext;
