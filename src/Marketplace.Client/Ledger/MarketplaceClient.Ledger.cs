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
        GetTrialBalanceAsync(currency, null, null, cancellationToken);

    /// <summary>
    /// The balances of a currency's journal as booked by an instant, as recorded by one, or both (RFC 3339, the instant included). Needs the
    /// scope <c>finance:read</c>.
    /// </summary>
    public Task<TrialBalanceModel> GetTrialBalanceAsync(
        string currency, string? bookedBy, string? recordedBy, CancellationToken cancellationToken = default) =>
        GetAsync(
            WithQuery("/v1/ledger/accounts", ("currency", currency), ("bookedBy", bookedBy), ("recordedBy", recordedBy)),
            LedgerJson.Default.TrialBalanceModel,
            cancellationToken);

    /// <summary>An account's balance, such as of <c>buyerReceivable:org_01J…</c>. Needs the scope <c>finance:read</c>, or to be the organisation.</summary>
    public Task<AccountModel> GetLedgerAccountAsync(
        string account, string currency, string? bookedBy = null, string? recordedBy = null, CancellationToken cancellationToken = default) =>
        GetAsync(
            WithQuery($"/v1/ledger/accounts/{account}", ("currency", currency), ("bookedBy", bookedBy), ("recordedBy", recordedBy)),
            LedgerJson.Default.AccountModel,
            cancellationToken);

    /// <summary>Lists an account's entries, newest first. Needs the scope <c>finance:read</c>, or to be the organisation.</summary>
    public Task<Page<StatementLineModel>> GetLedgerStatementAsync(
        string account, string currency, int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) =>
        GetAsync(
            WithQuery(
                $"/v1/ledger/accounts/{account}/statement", ("currency", currency), ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor)),
            LedgerJson.Default.PageStatementLineModel,
            cancellationToken);

    /// <summary>Proves that an entry stands in its journal, as it is or at an earlier size. Needs no token. <see cref="JournalProofs"/> checks it.</summary>
    public Task<InclusionProofModel> ProveLedgerEntryAsync(string entryId, long? size = null, CancellationToken cancellationToken = default) =>
        GetAsync(
            WithQuery($"/v1/ledger/entries/{entryId}/proof", ("size", size?.ToString(CultureInfo.InvariantCulture))),
            LedgerJson.Default.InclusionProofModel,
            cancellationToken);

    /// <summary>Proves that a journal still holds all that it held at an earlier size. Needs no token. <see cref="JournalProofs"/> checks it.</summary>
    public Task<ConsistencyProofModel> ProveJournalConsistencyAsync(string currency, long from, long to, CancellationToken cancellationToken = default) =>
        GetAsync(
            WithQuery(
                "/v1/ledger/consistency", ("currency", currency), ("from", from.ToString(CultureInfo.InvariantCulture)),
                ("to", to.ToString(CultureInfo.InvariantCulture))),
            LedgerJson.Default.ConsistencyProofModel,
            cancellationToken);

    /// <summary>The head that a journal had when it held so many entries. Needs no token.</summary>
    public Task<JournalHeadModel> GetJournalHeadAsync(string currency, long size, CancellationToken cancellationToken = default) =>
        GetAsync(
            string.Create(CultureInfo.InvariantCulture, $"/v1/ledger/heads/{currency}/{size}"), LedgerJson.Default.JournalHeadModel, cancellationToken);

    /// <summary>Makes all that is derived from a journal's entries again. Needs the scope <c>operator</c>. Repeating it changes nothing.</summary>
    public Task<JournalRebuildModel> RebuildJournalAsync(string currency, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Post, WithQuery("/v1/ledger/rebuild", ("currency", currency)), null, null, LedgerJson.Default.JournalRebuildModel, cancellationToken);

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
[JsonSerializable(typeof(AccountModel))]
[JsonSerializable(typeof(Page<StatementLineModel>))]
[JsonSerializable(typeof(InclusionProofModel))]
[JsonSerializable(typeof(ConsistencyProofModel))]
[JsonSerializable(typeof(JournalHeadModel))]
[JsonSerializable(typeof(JournalRebuildModel))]
[JsonSerializable(typeof(JournalHeadsModel))]
[JsonSerializable(typeof(JournalCheckModel))]
internal sealed partial class LedgerJson : JsonSerializerContext;
