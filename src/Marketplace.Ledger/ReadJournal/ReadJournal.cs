using System.Runtime.CompilerServices;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.Ledger;

/// <summary>Reads entries and heads of journals.</summary>
public sealed class ReadJournal(IPartitionStore store) : ILedgerRecords
{
    /// <summary>The last entry of a journal.</summary>
    public async Task<JournalHead> ReadHeadAsync(Currency currency, CancellationToken cancellationToken)
    {
        var row = await store.ReadAsync(JournalRows.Of(currency), JournalRows.Head, cancellationToken);
        return row is null ? JournalHead.Empty : MarketplaceJson.Deserialize<JournalHead>(row.Body);
    }

    /// <summary>An entry by its id, or null.</summary>
    public async Task<LedgerEntry?> FindAsync(Currency currency, EntryId id, CancellationToken cancellationToken)
    {
        var partition = JournalRows.Of(currency);
        var place = await store.ReadAsync(partition, JournalRows.EntryOf(id), cancellationToken);
        if (place is null) return null;
        var sequence = MarketplaceJson.Deserialize<EntryPlace>(place.Body).Sequence;
        var row = await store.ReadAsync(partition, JournalRows.Entry(sequence), cancellationToken);
        InvariantException.Require(row is not null, $"Entry {id} has no row {sequence}.");
        return MarketplaceJson.Deserialize<LedgerEntry>(row.Body);
    }

    /// <summary>Entries before a sequence, newest first.</summary>
    /// <param name="currency">The journal.</param>
    /// <param name="before">Only entries below this sequence; null for the newest.</param>
    /// <param name="limit">The most entries.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<LedgerEntry>> ListAsync(Currency currency, long? before, int limit, CancellationToken cancellationToken)
    {
        // Sequences have no gaps, so that a page can be counted back from its end in a store that only scans upwards.
        var last = (before ?? (await ReadHeadAsync(currency, cancellationToken)).Sequence + 1) - 1;
        var entries = new List<LedgerEntry>();
        if (last < 1) return entries;
        await foreach (var entry in ReadBetweenAsync(currency, Math.Max(1, last - limit + 1), last, cancellationToken)) entries.Add(entry);
        entries.Reverse();
        return entries;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LedgerEntry> ListAsync(Currency currency, BillingPeriod period, CancellationToken cancellationToken) =>
        ReadBookedAsync(currency, period, cancellationToken).Where(entry => entry.Entry.Postings.Count > 0);

    /// <inheritdoc/>
    public IAsyncEnumerable<LedgerEntry> ListHoldsAsync(Currency currency, BillingPeriod period, CancellationToken cancellationToken) =>
        ReadBookedAsync(currency, period, cancellationToken).Where(entry => entry.Hold is not null);

    private async IAsyncEnumerable<LedgerEntry> ReadBookedAsync(
        Currency currency, BillingPeriod period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var row = await store.ReadAsync(JournalRows.Of(currency), JournalRows.Span(period), cancellationToken);
        if (row is null) yield break;
        var span = MarketplaceJson.Deserialize<PeriodSpan>(row.Body);
        await foreach (var entry in ReadBetweenAsync(currency, span.First, span.Last, cancellationToken))
        {
            if (BillingPeriod.Containing(entry.Entry.BookedAt) == period) yield return entry;
        }
    }

    internal async IAsyncEnumerable<LedgerEntry> ReadBetweenAsync(
        Currency currency, long first, long last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in store.ReadRangeAsync(JournalRows.Of(currency), JournalRows.EntriesBetween(first, last), cancellationToken))
        {
            yield return MarketplaceJson.Deserialize<LedgerEntry>(row.Body);
        }
    }
}
