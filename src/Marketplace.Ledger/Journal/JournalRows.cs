using System.Globalization;
using Marketplace.Contracts;
using Marketplace.Runtime.Store;
using NodaTime;

namespace Marketplace.Ledger;

/// <summary>The partitions and row keys of the <c>ledger</c> table: one partition per currency.</summary>
internal static class JournalRows
{
    public const string Head = "head";

    public static RowRange Entries { get; } = RowRange.StartingWith("entry!");

    public static RowRange Balances { get; } = RowRange.StartingWith("balance!");

    public static PartitionId Of(Currency currency) => new("ledger", $"journal-{currency.Code}");

    public static string Entry(long sequence) => string.Create(CultureInfo.InvariantCulture, $"entry!{sequence:D12}");

    /// <summary>Entries from one sequence to another, both included.</summary>
    public static RowRange EntriesBetween(long first, long last) => new(Entry(first), Entry(last + 1));

    public static string EntryOf(EntryId id) => $"id!{id}";

    public static string Balance(Account account) => $"balance!{account}";

    public static string Span(BillingPeriod bookedIn) => $"period!{bookedIn}";
}

/// <summary>The last entry of a journal, which fixes all before it. Published.</summary>
/// <param name="Sequence">Its sequence, which is also the number of entries; 0 for an empty journal.</param>
/// <param name="Hash">Its hash; 64 zeros for an empty journal.</param>
/// <param name="RecordedAt">When it was recorded; null for an empty journal.</param>
public sealed record JournalHead(long Sequence, string Hash, Instant? RecordedAt)
{
    internal static JournalHead Empty { get; } = new(0, JournalFormat.NoEntry, null);
}

/// <summary>What an account's postings add up to.</summary>
/// <param name="Account">The account.</param>
/// <param name="Balance">The sum: debits positive, credits negative.</param>
/// <param name="Postings">How many there are.</param>
/// <param name="LastSequence">The last entry that touched it.</param>
public sealed record AccountBalance(Account Account, Money Balance, long Postings, long LastSequence)
{
    internal AccountBalance With(IEnumerable<Posting> postings, long sequence) => postings.Aggregate(
        this with { LastSequence = sequence }, (sum, posting) => sum with { Balance = sum.Balance + posting.Amount, Postings = sum.Postings + 1 });
}

/// <summary>Where an entry stands, by its id.</summary>
internal sealed record EntryPlace(long Sequence, string ContentHash);

/// <summary>The first and last entry booked in a month; entries of other months may stand between them.</summary>
internal sealed record PeriodSpan(long First, long Last);
