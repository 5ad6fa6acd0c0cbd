using System.Globalization;
using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using Marketplace.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Ledger;

/// <summary>Journals for finance, and their heads for everyone.</summary>
internal static class LedgerEndpoints
{
    public static void MapLedger(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/ledger").WithTags("Ledger");
        group.MapGet("/entries", ListAsync).RequireScope(Scopes.FinanceRead)
            .Operates("listLedgerEntries", "Lists the entries of a currency's journal, newest first.")
            .Answers<Page<LedgerEntryModel>>()
            .Refuses(ProblemTypes.InvalidFields);
        group.MapGet("/entries/{entryId}", ReadAsync).RequireScope(Scopes.FinanceRead)
            .Operates("getLedgerEntry", "Reads an entry.")
            .Answers<LedgerEntryModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapPost("/entries/{entryId}/reversal", ReverseAsync).RequireScope(Scopes.FinanceWrite)
            .Operates("reverseLedgerEntry", "Takes an entry back, once, with a reason: a new entry with every posting negated, booked now.")
            .Answers<LedgerEntryModel>(StatusCodes.Status201Created)
            .Refuses(
                ProblemTypes.InvalidFields, ProblemTypes.NotFound, ProblemTypes.EntryIdReused, ProblemTypes.ReversedEntryUnknown, ProblemTypes.NothingPosted,
                ProblemTypes.ReversalOfReversal, ProblemTypes.AlreadyReversed, ProblemTypes.ReversalDiffers);
        group.MapGet("/accounts", BalancesAsync).RequireScope(Scopes.FinanceRead)
            .Operates("getTrialBalance", "Lists the accounts of a currency's journal with their balances, which sum to zero.")
            .Answers<TrialBalanceModel>()
            .Refuses(ProblemTypes.InvalidFields);
        group.MapGet("/check", CheckAsync).RequireScope(Scopes.FinanceRead)
            .Operates("checkJournal", "Recomputes a currency's journal from its postings and says what differs from what is stored.")
            .Answers<JournalCheckModel>()
            .Refuses(ProblemTypes.InvalidFields);
        group.MapGet("/heads", HeadsAsync)
            .Operates("getJournalHeads", "Publishes the last entry's hash of every journal, so that anyone can see that history is not rewritten.")
            .Answers<JournalHeadsModel>();
    }

    private static async Task<IResult> ListAsync(string? currency, PageQuery query, ReadJournal journal, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var unit = fields.Currency("?currency", currency);
        if (!fields.AreValid) return fields.Problem;
        long? before = null;
        if (query.After is { } text)
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)) return PageQuery.InvalidCursor;
            before = sequence;
        }

        var entries = await journal.ListAsync(unit, before, query.Limit, cancellationToken);
        var next = entries.Count == query.Limit && entries[^1].Sequence > 1 ? entries[^1].Sequence.ToString(CultureInfo.InvariantCulture) : null;
        return Answer.Ok(PageQuery.Page([.. entries.Select(ToModel)], next));
    }

    private static async Task<IResult> ReadAsync(string entryId, ReadJournal journal, CancellationToken cancellationToken)
    {
        return await FindAsync(entryId, journal, cancellationToken) is { } entry ? Answer.Ok(ToModel(entry)) : Answer.NotFound();
    }

    private static async Task<LedgerEntry?> FindAsync(string entryId, ReadJournal journal, CancellationToken cancellationToken)
    {
        if (!EntryId.TryParse(entryId, out var id)) return null;
        foreach (var currency in Currency.Known)
        {
            if (await journal.FindAsync(currency, id, cancellationToken) is { } entry) return entry;
        }

        return null;
    }

    private static async Task<IResult> ReverseAsync(
        string entryId, ReverseEntryRequest body, RequestKey key, ReadJournal journal, ReverseEntry reverse, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var note = fields.Text("/reason", body.Reason, 1, 500);
        if (!fields.AreValid) return fields.Problem;
        if (await FindAsync(entryId, journal, cancellationToken) is not { } entry) return Answer.NotFound();
        var attempt = await reverse.ExecuteAsync(entry.Entry.Currency, entry.Entry.EntryId, note, key.Value, cancellationToken);
        return Answer.Created(attempt, reversal => $"/v1/ledger/entries/{reversal.Entry.EntryId}", ToModel, Problem);
    }

    private static ApiProblem Problem(LedgerRefusal refusal) => refusal switch
    {
        LedgerRefusal.EntryIdReused => ProblemTypes.EntryIdReused.With(),
        LedgerRefusal.ReversedEntryUnknown => ProblemTypes.ReversedEntryUnknown.With(),
        LedgerRefusal.NothingPosted => ProblemTypes.NothingPosted.With(),
        LedgerRefusal.ReversalOfReversal => ProblemTypes.ReversalOfReversal.With(),
        LedgerRefusal.AlreadyReversed => ProblemTypes.AlreadyReversed.With(),
        LedgerRefusal.ReversalDiffers => ProblemTypes.ReversalDiffers.With(),
        LedgerRefusal.HoldUnknown => ProblemTypes.HoldUnknown.With(),
        LedgerRefusal.HoldSettled => ProblemTypes.HoldSettled.With(),
        LedgerRefusal.HoldExpired => ProblemTypes.HoldExpired.With(),
        LedgerRefusal.HeldAccountNotDebited => ProblemTypes.HeldAccountNotDebited.With(),
        LedgerRefusal.HoldExceeded => ProblemTypes.HoldExceeded.With(),
    };

    private static async Task<IResult> BalancesAsync(string? currency, ReadJournal journal, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var unit = fields.Currency("?currency", currency);
        if (!fields.AreValid) return fields.Problem;
        var balances = await journal.ListBalancesAsync(unit, cancellationToken);
        var sum = balances.Aggregate(Money.Zero(unit), (total, account) => total + account.Balance);
        return Answer.Ok(new TrialBalanceModel(unit.Code, [.. balances.Select(ToModel)], sum.ToModel()));
    }

    private static async Task<IResult> CheckAsync(string? currency, CheckJournal check, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var unit = fields.Currency("?currency", currency);
        if (!fields.AreValid) return fields.Problem;
        var result = await check.CheckAsync(unit, cancellationToken);
        return Answer.Ok(new JournalCheckModel(
            unit.Code, result.Findings.Count == 0, result.Entries, result.Sum.ToModel(),
            [.. result.Findings.Select(f => new JournalFindingModel(WireForms.Name(f.Fault), f.Where, f.Expected, f.Found))]));
    }

    private static async Task<IResult> HeadsAsync(ReadJournal journal, CancellationToken cancellationToken)
    {
        var heads = new List<JournalHeadModel>();
        foreach (var currency in Currency.Known)
        {
            var head = await journal.ReadHeadAsync(currency, cancellationToken);
            heads.Add(new JournalHeadModel(currency.Code, head.Sequence, head.Hash, head.RecordedAt?.ToWire()));
        }

        return Answer.Ok(new JournalHeadsModel(heads));
    }

    private static LedgerEntryModel ToModel(LedgerEntry entry) => new(
        entry.Sequence,
        entry.Entry.EntryId.ToString(),
        WireForms.Name(entry.Entry.Reason),
        entry.Entry.Reference,
        entry.Entry.BookedAt.ToWire(),
        entry.RecordedAt.ToWire(),
        [.. entry.Entry.Postings.Select(p => new PostingModel(p.Account.ToString(), p.Amount.ToModel()))],
        entry.Hash,
        entry.Entry.Currency.Code,
        entry.Entry.Reverses?.ToString(),
        entry.Entry.Note,
        entry.Hold is { } hold
            ? new HoldChangeModel(hold.HoldId.ToString(), WireForms.Name(hold.Step), hold.Account.ToString(), hold.Pending.ToModel(), hold.ExpiresAt?.ToWire())
            : null);

    private static AccountModel ToModel(AccountBalance account) => new(
        account.Account.ToString(),
        WireForms.Name(account.Account.Kind),
        account.Account.Owner?.ToString(),
        account.Balance.ToModel(),
        account.Pending.ToModel(),
        account.Postings,
        account.LastSequence);
}
