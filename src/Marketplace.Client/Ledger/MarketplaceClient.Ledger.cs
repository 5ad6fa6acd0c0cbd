using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>Lists the entries of a currency's journal, newest first. Needs the scope <c>finance:read</c>.</summary>
    public Task<Page<LedgerEntryModel>> ListLedgerEntriesAsync(
        string currency, int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) =>
        GetAsync(
            WithQuery("/v1/ledger/entries", ("currency", currency), ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor)),
            LedgerJson.Default.PageLedgerEntryModel,
            cancellationToken);

    /// <summary>Takes an entry back, once, with a reason. Needs the scope <c>finance:write</c>.</summary>
    public Task<LedgerEntryModel> ReverseLedgerEntryAsync(
        string entryId, string reason, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync(
            $"/v1/ledger/entries/{entryId}/reversal", new ReverseEntryRequest(reason), LedgerJson.Default.ReverseEntryRequest, idempotencyKey,
            LedgerJson.Default.LedgerEntryModel, cancellationToken);

    /// <summary>The balances of a currency's journal. Needs the scope <c>finance:read</c>.</summary>
    public Task<TrialBalanceModel> GetTrialBalanceAsync(string currency, CancellationToken cancellationToken = default) =>
        GetAsync(WithQuery("/v1/ledger/accounts", ("currency", currency)), LedgerJson.Default.TrialBalanceModel, cancellationToken);

    /// <summary>The published heads of all journals. Needs no token.</summary>
    public Task<JournalHeadsModel> GetJournalHeadsAsync(CancellationToken cancellationToken = default) =>
        GetAsync("/v1/ledger/heads", LedgerJson.Default.JournalHeadsModel, cancellationToken);

    /// <summary>Recomputes a currency's journal from its postings. Needs the scope <c>finance:read</c>.</summary>
    public Task<JournalCheckModel> CheckJournalAsync(string currency, CancellationToken cancellationToken = default) =>
        GetAsync(WithQuery("/v1/ledger/check", ("currency", currency)), LedgerJson.Default.JournalCheckModel, cancellationToken);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Page<LedgerEntryModel>))]
[JsonSerializable(typeof(LedgerEntryModel))]
[JsonSerializable(typeof(ReverseEntryRequest))]
[JsonSerializable(typeof(TrialBalanceModel))]
[JsonSerializable(typeof(JournalHeadsModel))]
[JsonSerializable(typeof(JournalCheckModel))]
internal sealed partial class LedgerJson : JsonSerializerContext;
