namespace Marketplace.Client.Models;

/// <summary>An entry of a journal.</summary>
/// <param name="Sequence">Its place in the journal, from 1 without gaps.</param>
/// <param name="EntryId">Its id.</param>
/// <param name="Reason">What happened, such as <c>usageCharged</c>.</param>
/// <param name="Reference">The id of what happened.</param>
/// <param name="BookedAt">When it counts.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Postings">Two or more, summing to zero; none where the entry only holds or releases.</param>
/// <param name="Hash">Fixes the entry and all before it.</param>
/// <param name="Currency">The journal.</param>
/// <param name="Reverses">The entry that it takes back, or null.</param>
/// <param name="Note">Why, or null.</param>
/// <param name="Hold">What it does to a hold, or null.</param>
public sealed record LedgerEntryModel(
    long Sequence,
    string EntryId,
    string Reason,
    string Reference,
    string BookedAt,
    string RecordedAt,
    IReadOnlyList<PostingModel> Postings,
    string Hash,
    string Currency,
    string? Reverses,
    string? Note,
    HoldChangeModel? Hold);

/// <summary>What an entry does to a hold.</summary>
/// <param name="HoldId">The hold: the entry that made it.</param>
/// <param name="Step"><c>placed</c>, <c>posted</c> or <c>voided</c>.</param>
/// <param name="Account">The held account; its owner's hold account moves the other way.</param>
/// <param name="Pending">What is pending on it more, or less.</param>
/// <param name="ExpiresAt">Until when it can be posted; null where it is not placed here, or for ever.</param>
public sealed record HoldChangeModel(string HoldId, string Step, string Account, MoneyModel Pending, string? ExpiresAt);

/// <summary>Takes an entry back.</summary>
/// <param name="Reason">Why: one line of at most 500 characters.</param>
public sealed record ReverseEntryRequest(string? Reason);

/// <summary>One side of an entry.</summary>
/// <param name="Account">Such as <c>buyerReceivable:org_01J…</c>.</param>
/// <param name="Amount">Positive debits, negative credits.</param>
public sealed record PostingModel(string Account, MoneyModel Amount);

/// <summary>The balances of a journal.</summary>
/// <param name="Currency">The journal.</param>
/// <param name="Accounts">By name.</param>
/// <param name="Sum">Of all balances: zero.</param>
public sealed record TrialBalanceModel(string Currency, IReadOnlyList<AccountModel> Accounts, MoneyModel Sum);

/// <summary>An account.</summary>
/// <param name="Account">Such as <c>providerPayable:org_01J…</c>.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="OrganisationId">Whose it is; null for the platform's own.</param>
/// <param name="Balance">Debits positive, credits negative.</param>
/// <param name="Pending">What is held and would be posted besides.</param>
/// <param name="Postings">How many postings it has.</param>
/// <param name="LastSequence">The last entry that touched it.</param>
public sealed record AccountModel(string Account, string Kind, string? OrganisationId, MoneyModel Balance, MoneyModel Pending, long Postings, long LastSequence);

/// <summary>The published heads of all journals.</summary>
/// <param name="Items">One per currency.</param>
public sealed record JournalHeadsModel(IReadOnlyList<JournalHeadModel> Items);

/// <summary>The last entry of a journal: who keeps it can see later that nothing before it was rewritten.</summary>
/// <param name="Currency">The journal.</param>
/// <param name="Sequence">The last entry's sequence; 0 for an empty journal.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="RecordedAt">When it was recorded; null for an empty journal.</param>
public sealed record JournalHeadModel(string Currency, long Sequence, string Hash, string? RecordedAt);

/// <summary>What recomputing a journal from its postings found.</summary>
/// <param name="Currency">The journal.</param>
/// <param name="IsSound">Whether nothing is wrong.</param>
/// <param name="Entries">Entries that were read.</param>
/// <param name="Sum">All balances together, recomputed: zero.</param>
/// <param name="Findings">What is wrong.</param>
public sealed record JournalCheckModel(string Currency, bool IsSound, long Entries, MoneyModel Sum, IReadOnlyList<JournalFindingModel> Findings);

/// <summary>One thing that is wrong with a journal.</summary>
/// <param name="Fault">What kind, such as <c>hashBroken</c>.</param>
/// <param name="Where">The row.</param>
/// <param name="Expected">What recomputing gives.</param>
/// <param name="Found">What is stored.</param>
public sealed record JournalFindingModel(string Fault, string Where, string Expected, string Found);
