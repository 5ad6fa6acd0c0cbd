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
/// <param name="RootHash">The root of the tree of all entries, as RFC 9162 has it: what proofs lead to.</param>
public sealed record JournalHeadModel(string Currency, long Sequence, string Hash, string? RecordedAt, string RootHash);

/// <summary>That an entry stands in a journal. <c>JournalProofs</c> checks it.</summary>
/// <param name="Currency">The journal.</param>
/// <param name="EntryId">The entry.</param>
/// <param name="Sequence">Its place, from 1.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="PreviousHash">The hash before it, which its own is made with.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Size">Entries of the journal that it is proven against.</param>
/// <param name="Path">Hashes from its leaf up to the root.</param>
public sealed record InclusionProofModel(
    string Currency, string EntryId, long Sequence, string RecordedAt, string PreviousHash, string Hash, long Size, IReadOnlyList<string> Path);

/// <summary>That a journal still holds all that it held at an earlier size. <c>JournalProofs</c> checks it.</summary>
/// <param name="Currency">The journal.</param>
/// <param name="FromSize">The earlier size.</param>
/// <param name="ToSize">The later size.</param>
/// <param name="Path">The proof.</param>
public sealed record ConsistencyProofModel(string Currency, long FromSize, long ToSize, IReadOnlyList<string> Path);

/// <summary>One entry of an account's statement.</summary>
/// <param name="Sequence">The entry's place in the journal.</param>
/// <param name="EntryId">The entry.</param>
/// <param name="Reason">What happened.</param>
/// <param name="Reference">The id of what happened.</param>
/// <param name="BookedAt">When it counts.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Posted">What it posts on the account: debits positive, credits negative.</param>
/// <param name="Pending">What it makes pending on the account, or less.</param>
/// <param name="Balance">The account's balance after it.</param>
/// <param name="PendingBalance">What is pending after it.</param>
public sealed record StatementLineModel(
    long Sequence, string EntryId, string Reason, string Reference, string BookedAt, string RecordedAt, MoneyModel Posted, MoneyModel Pending,
    MoneyModel Balance, MoneyModel PendingBalance);

/// <summary>What was made again of a journal's entries.</summary>
/// <param name="Currency">The journal.</param>
/// <param name="Entries">Entries that were read.</param>
/// <param name="DerivedRows">Rows that follow from them.</param>
/// <param name="Inserted">Of these, missing until now.</param>
/// <param name="Replaced">Of these, with other bytes until now.</param>
/// <param name="Deleted">Rows that followed from no entry.</param>
public sealed record JournalRebuildModel(string Currency, long Entries, int DerivedRows, int Inserted, int Replaced, int Deleted);

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
