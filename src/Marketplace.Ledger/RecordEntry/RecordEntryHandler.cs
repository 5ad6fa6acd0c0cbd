using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Ledger;

/// <summary>
/// Appends an entry to the journal of its currency and, in the same commit, brings the balances of its accounts up to date.
/// Entries are never changed or deleted.
/// </summary>
internal sealed class RecordEntryHandler(Workspace workspace, TimeProvider time) : IMessageHandler<RecordEntry>
{
    /// <inheritdoc/>
    public Task HandleAsync(RecordEntry message, MessageContext context, CancellationToken cancellationToken)
    {
        EntryRules.Require(message);
        return workspace.HandleAsync(JournalRows.Of(message.Currency), context, work => AppendAsync(work, message, cancellationToken), cancellationToken);
    }

    private async Task AppendAsync(PartitionWork work, RecordEntry entry, CancellationToken cancellationToken)
    {
        var contentHash = JournalFormat.ContentHash(entry);
        if (await work.ReadAsync<EntryPlace>(JournalRows.EntryOf(entry.EntryId), cancellationToken) is { } known)
        {
            InvariantException.Require(known.ContentHash == contentHash, $"Entry {entry.EntryId} was recorded with other content.");
            return;
        }

        var head = await work.ReadAsync<JournalHead>(JournalRows.Head, cancellationToken) ?? JournalHead.Empty;
        var sequence = head.Sequence + 1;
        var recordedAt = time.Now();
        var recorded = new LedgerEntry(sequence, entry, recordedAt, JournalFormat.EntryHash(head.Hash, sequence, recordedAt, entry));
        work.Put(JournalRows.Head, new JournalHead(sequence, recorded.Hash, recordedAt));
        work.Put(JournalRows.Entry(sequence), recorded);
        work.Put(JournalRows.EntryOf(entry.EntryId), new EntryPlace(sequence, contentHash));

        var month = JournalRows.Span(BillingPeriod.Containing(entry.BookedAt));
        var span = await work.ReadAsync<PeriodSpan>(month, cancellationToken);
        work.Put(month, new PeriodSpan(span?.First ?? sequence, sequence));
        await UpdateBalancesAsync(work, recorded, cancellationToken);
    }

    private static async Task UpdateBalancesAsync(PartitionWork work, LedgerEntry recorded, CancellationToken cancellationToken)
    {
        foreach (var postings in recorded.Entry.Postings.GroupBy(p => p.Account))
        {
            var row = JournalRows.Balance(postings.Key);
            var balance = await work.ReadAsync<AccountBalance>(row, cancellationToken)
                ?? new AccountBalance(postings.Key, Money.Zero(recorded.Entry.Currency), 0, 0);
            work.Put(row, balance.With(postings, recorded.Sequence));
        }
    }
}
