using System.Globalization;
using Marketplace.Contracts;
using Marketplace.Runtime.Store;
using NodaTime;

namespace Marketplace.Ledger;

/// <summary>
/// The partitions and row keys of the <c>ledger</c> table: one partition per currency. Entries are what is true; every other row here
/// follows from them.
/// </summary>
internal static class JournalRows
{
    public const string Head = "head";

    /// <summary>The largest sequence that row keys have room for.</summary>
    public const long LastSequence = 999_999_999_999;

    public static RowRange Entries { get; } = RowRange.StartingWith("entry!");

    public static RowRange Balances { get; } = RowRange.StartingWith("balance!");

    /// <summary>What is derived from the entries, and can be made again: in ordinal order, without overlap.</summary>
    public static IReadOnlyList<RowRange> Derived { get; } =
    [
        Balances, new RowRange(Head, Head + "!"), RowRange.StartingWith("hold!"), RowRange.StartingWith("id!"), RowRange.StartingWith("line!"),
        RowRange.StartingWith("period!"), RowRange.StartingWith("tree!"),
    ];

    public static PartitionId Of(Currency currency) => new("ledger", $"journal-{currency.Code}");

    public static string Entry(long sequence) => string.Create(CultureInfo.InvariantCulture, $"entry!{sequence:D12}");

    /// <summary>Entries from one sequence to another, both included.</summary>
    public static RowRange EntriesBetween(long first, long last) => new(Entry(first), Entry(last) + "!");

    public static string EntryOf(EntryId id) => $"id!{id}";

    public static string Hold(EntryId holdId) => $"hold!{holdId}";

    /// <summary>Balances of the accounts of a kind that organisations have.</summary>
    public static RowRange BalancesOf(AccountKind kind) => RowRange.StartingWith(Balance(new Account(kind, null)) + ":");

    public static string Balance(Account account) => $"balance!{account}";

    /// <summary>What an entry did to an account; the newest first.</summary>
    public static string Line(Account account, long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"line!{account}!{LastSequence - sequence:D12}");

    /// <summary>The lines of an account up to and including a sequence, the newest first.</summary>
    public static RowRange LinesUpTo(Account account, long sequence) => RowRange.StartingWith($"line!{account}!") with { From = Line(account, sequence) };

    public static string Span(BillingPeriod bookedIn) => $"period!{bookedIn}";

    /// <summary>The tree nodes that an entry completes.</summary>
    public static string Nodes(long sequence) => string.Create(CultureInfo.InvariantCulture, $"tree!{sequence:D12}");

    /// <summary>The last refusal of a command that named this entry. Not derived: nothing was recorded.</summary>
    public static string Refusal(EntryId id) => $"refused!{id}";
}

/// <summary>The last entry of a journal, which fixes all before it. Published.</summary>
/// <param name="Sequence">Its sequence, which is also the number of entries; 0 for an empty journal.</param>
/// <param name="Hash">Its hash; 64 zeros for an empty journal.</param>
/// <param name="RecordedAt">When it was recorded; null for an empty journal.</param>
public sealed record JournalHead(long Sequence, string Hash, Instant? RecordedAt)
{
    internal static JournalHead Empty { get; } = new(0, JournalEntryFormat.NoEntry, null);
}

/// <summary>What an account's postings add up to.</summary>
/// <param name="Account">The account.</param>
/// <param name="Balance">The sum of what is posted: debits positive, credits negative.</param>
/// <param name="Pending">What is held on it and would be posted besides; on a hold account, the other side of it.</param>
/// <param name="Postings">How many postings there are.</param>
/// <param name="LastSequence">The last entry that touched it.</param>
public sealed record AccountBalance(Account Account, Money Balance, Money Pending, long Postings, long LastSequence)
{
    internal static AccountBalance None(Account account, Currency currency) => new(account, Money.Zero(currency), Money.Zero(currency), 0, 0);

    internal AccountBalance With(AccountEffect effect, long sequence) => this with
    {
        Balance = Balance + effect.Posted, Pending = Pending + effect.Pending, Postings = Postings + effect.Postings, LastSequence = sequence,
    };
}

/// <summary>One entry of an account's statement.</summary>
/// <param name="Sequence">The entry's place in the journal.</param>
/// <param name="EntryId">The entry.</param>
/// <param name="Reason">What happened.</param>
/// <param name="Reference">The id of what happened.</param>
/// <param name="BookedAt">When it counts.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Posted">What it posts on the account, in sum.</param>
/// <param name="Pending">What it makes pending on the account, or less.</param>
/// <param name="Postings">How many postings that is.</param>
/// <param name="After">The account after it.</param>
public sealed record StatementLine(
    long Sequence, EntryId EntryId, EntryReason Reason, string Reference, Instant BookedAt, Instant RecordedAt, Money Posted, Money Pending, int Postings,
    AccountBalance After);

/// <summary>Where an entry stands, by its id.</summary>
internal sealed record EntryPlace(long Sequence, string ContentHash, EntryId? ReversedBy = null);

/// <summary>The first and last entry booked in a month; entries of other months may stand between them.</summary>
internal sealed record PeriodSpan(long First, long Last);

/// <summary>The nodes of the tree that an entry completes: its leaf first, then one per level while it ends a full subtree.</summary>
internal sealed record TreeNodes(IReadOnlyList<string> Nodes);

/// <summary>A hold as it stands.</summary>
internal sealed record Held(Account Account, Money Amount, Money Rest, Instant? ExpiresAt);

/// <summary>What was refused, and when.</summary>
internal sealed record RefusedEntry(LedgerRefusal Refusal, string Reference, Instant At);
