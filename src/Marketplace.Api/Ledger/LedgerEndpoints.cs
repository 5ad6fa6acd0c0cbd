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
        group.MapGet("/entries/{entryId}/proof", ProveAsync)
            .Operates("proveLedgerEntry", "Proves that an entry stands in its journal, by the path of RFC 9162 from its hash to a published root; says nothing of what it holds.")
            .Answers<InclusionProofModel>()
            .Refuses(ProblemTypes.InvalidFields, ProblemTypes.NotFound);
        group.MapGet("/accounts", BalancesAsync).RequireScope(Scopes.FinanceRead)
            .Operates("getTrialBalance", "Lists the accounts of a currency's journal with their balances, which sum to zero, now or as of any instant.")
            .Answers<TrialBalanceModel>()
            .Refuses(ProblemTypes.InvalidFields);
        group.MapGet("/accounts/{account}", AccountAsync).RequireToken()
            .Operates("getLedgerAccount", "Reads an account's balance, now or as of any instant. An organisation reads its own.")
            .Answers<AccountModel>()
            .Refuses(ProblemTypes.InvalidFields, ProblemTypes.NotFound);
        group.MapGet("/accounts/{account}/statement", StatementAsync).RequireToken()
            .Operates("getLedgerStatement", "Lists an account's entries, newest first, with the balance after each. An organisation reads its own.")
            .Answers<Page<StatementLineModel>>()
            .Refuses(ProblemTypes.InvalidFields, ProblemTypes.NotFound);
        group.MapPost("/rebuild", RebuildAsync).RequireScope(Scopes.Operator)
            .Operates("rebuildJournal", "Makes all that is derived from a journal's entries again, to the same bytes, and writes what differs. Repeating it changes nothing.")
            .Answers<JournalRebuildModel>()
            .Refuses(ProblemTypes.InvalidFields, ProblemTypes.ChainBroken);
        group.MapGet("/check", CheckAsync).RequireScope(Scopes.FinanceRead)
            .Operates("checkJournal", "Recomputes a currency's journal from its postings and says what differs from what is stored.")
            .Answers<JournalCheckModel>()
            .Refuses(ProblemTypes.InvalidFields);
        group.MapGet("/heads", HeadsAsync)
            .Operates("getJournalHeads", "Publishes the last entry's hash of every journal, so that anyone can see that history is not rewritten.")
            .Answers<JournalHeadsModel>();
        group.MapGet("/heads/{currency}/{size}", HeadAsync)
            .Operates("getJournalHead", "Reads the head that a journal had when it held so many entries.")
            .Answers<JournalHeadModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapGet("/consistency", ConsistencyAsync)
            .Operates("proveJournalConsistency", "Proves that a journal of some size still holds all that it held at an earlier size, as RFC 9162 has it.")
            .Answers<ConsistencyProofModel>()
            .Refuses(ProblemTypes.InvalidFields);
    }

    private static async Task<IResult> ListAsync(string? currency, PageQuery query, ReadJournal journal, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var unit = fields.Currency("?currency", currency);
        if (!fields.AreValid) return fields.Problem;
        if (!TryReadCursor(query, out var before)) return PageQuery.InvalidCursor;
        var entries = await journal.ListAsync(unit, before, query.Limit, cancellationToken);
        var next = entries.Count == query.Limit && entries[^1].Sequence > 1 ? entries[^1].Sequence.ToString(CultureInfo.InvariantCulture) : null;
        return Answer.Ok(PageQuery.Page([.. entries.Select(ToModel)], next));
    }

    /// <summary>A cursor is the sequence of the last entry before it.</summary>
    private static bool TryReadCursor(PageQuery query, out long? before)
    {
        before = null;
        if (query.After is not { } text) return true;
        var valid = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence);
        before = sequence;
        return valid;
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

    private static async Task<IResult> BalancesAsync(
        string? currency, string? bookedBy, string? recordedBy, ReadAccounts accounts, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var unit = fields.Currency("?currency", currency);
        var asOf = ReadAsOf(fields, bookedBy, recordedBy);
        if (!fields.AreValid) return fields.Problem;
        var balances = await accounts.ListAsync(unit, asOf, cancellationToken);
        var sum = balances.Aggregate(Money.Zero(unit), (total, account) => total + account.Balance);
        return Answer.Ok(new TrialBalanceModel(unit.Code, [.. balances.Select(ToModel)], sum.ToModel()));
    }

    private static async Task<IResult> AccountAsync(
        string account, string? currency, string? bookedBy, string? recordedBy, Caller caller, ReadAccounts accounts, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var unit = fields.Currency("?currency", currency);
        var asOf = ReadAsOf(fields, bookedBy, recordedBy);
        if (!fields.AreValid) return fields.Problem;
        if (!Account.TryParse(account, out var read) || !MayRead(caller, read)) return Answer.NotFound();
        return Answer.Ok(ToModel(await accounts.ReadAsync(unit, read, asOf, cancellationToken)));
    }

    private static async Task<IResult> StatementAsync(
        string account, string? currency, Caller caller, PageQuery query, ReadAccounts accounts, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var unit = fields.Currency("?currency", currency);
        if (!fields.AreValid) return fields.Problem;
        if (!TryReadCursor(query, out var before)) return PageQuery.InvalidCursor;
        if (!Account.TryParse(account, out var read) || !MayRead(caller, read)) return Answer.NotFound();
        var lines = await accounts.ListLinesAsync(unit, read, before, query.Limit, cancellationToken);
        var next = lines.Count == query.Limit ? lines[^1].Sequence.ToString(CultureInfo.InvariantCulture) : null;
        return Answer.Ok(PageQuery.Page([.. lines.Select(ToModel)], next));
    }

    private static async Task<IResult> RebuildAsync(string? currency, RebuildJournal rebuild, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var unit = fields.Currency("?currency", currency);
        if (!fields.AreValid) return fields.Problem;
        return (await rebuild.RebuildAsync(unit, cancellationToken)).Match<IResult>(
            made => Answer.Ok(new JournalRebuildModel(unit.Code, made.Entries, made.DerivedRows, made.Inserted, made.Replaced, made.Deleted)),
            refusal => refusal switch { RebuildJournalRefusal.ChainBroken => ProblemTypes.ChainBroken.With() });
    }

    private static async Task<IResult> ProveAsync(
        string entryId, long? size, ReadJournal journal, ProveEntries prove, CancellationToken cancellationToken)
    {
        if (await FindAsync(entryId, journal, cancellationToken) is not { } entry) return Answer.NotFound();
        var proof = await prove.ProveAsync(entry.Entry.Currency, entry, size, cancellationToken);
        if (proof is null) return WrongSize("?size", "The journal has no such size, or the entry came later.");
        return Answer.Ok(new InclusionProofModel(
            proof.Currency.Code, entryId, proof.Sequence, proof.RecordedAt.ToWire(), proof.PreviousHash, proof.Hash, proof.Size, proof.Path));
    }

    private static async Task<IResult> HeadAsync(string currency, string size, ProveEntries prove, CancellationToken cancellationToken) =>
        Currency.TryParse(currency, out var unit)
        && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var entries)
        && await prove.ReadHeadAsync(unit, entries, cancellationToken) is { } head
            ? Answer.Ok(ToModel(head))
            : Answer.NotFound();

    private static async Task<IResult> ConsistencyAsync(
        string? currency, long? from, long? to, ProveEntries prove, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var unit = fields.Currency("?currency", currency);
        var earlier = fields.Long("?from", from, 0, long.MaxValue);
        var later = fields.Long("?to", to, 0, long.MaxValue);
        if (!fields.AreValid) return fields.Problem;
        var proof = await prove.ProveConsistencyAsync(unit, earlier, later, cancellationToken);
        return proof is null
            ? WrongSize("?to", "The journal has no such size, or it is below the earlier one.")
            : Answer.Ok(new ConsistencyProofModel(unit.Code, proof.FromSize, proof.ToSize, proof.Path));
    }

    private static ApiProblem WrongSize(string pointer, string detail)
    {
        var fields = new Fields();
        fields.Add(pointer, detail);
        return fields.Problem;
    }

    private static bool MayRead(Caller caller, Account account) =>
        caller.Has(Scopes.FinanceRead) || (account.Owner is { } owner && caller.OrganisationId == owner);

    private static AsOf ReadAsOf(Fields fields, string? bookedBy, string? recordedBy) => new(
        bookedBy is null ? null : fields.Instant("?bookedBy", bookedBy), recordedBy is null ? null : fields.Instant("?recordedBy", recordedBy));

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

    private static async Task<IResult> HeadsAsync(ProveEntries prove, CancellationToken cancellationToken)
    {
        var heads = new List<JournalHeadModel>();
        foreach (var currency in Currency.Known) heads.Add(ToModel((await prove.ReadHeadAsync(currency, null, cancellationToken))!));
        return Answer.Ok(new JournalHeadsModel(heads));
    }

    private static JournalHeadModel ToModel(PublishedHead head) =>
        new(head.Currency.Code, head.Sequence, head.Hash, head.RecordedAt?.ToWire(), head.Root);

    private static StatementLineModel ToModel(StatementLine line) => new(
        line.Sequence, line.EntryId.ToString(), WireForms.Name(line.Reason), line.Reference, line.BookedAt.ToWire(), line.RecordedAt.ToWire(),
        line.Posted.ToModel(), line.Pending.ToModel(), line.After.Balance.ToModel(), line.After.Pending.ToModel());

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
