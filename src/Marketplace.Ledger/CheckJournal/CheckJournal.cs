using System.Text;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;

namespace Marketplace.Ledger;

/// <summary>What can be wrong with a journal as it is stored.</summary>
public enum JournalFault
{
    /// <summary>A sequence is missing, or an entry stands in another's place.</summary>
    SequenceBroken,

    /// <summary>An entry's hash is not that of its content, its place and the hash before it.</summary>
    HashBroken,

    /// <summary>An entry breaks a rule that every entry keeps, such as summing to zero.</summary>
    EntryInvalid,

    /// <summary>The published head is not the last entry.</summary>
    HeadDiffers,

    /// <summary>A stored balance is not what the postings add up to.</summary>
    BalanceDiffers,

    /// <summary>Another derived row is not what the entries give: a statement line, a tree node, a hold, an id, a month. Rebuild them.</summary>
    DerivedRowDiffers,
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Fault">What kind.</param>
/// <param name="Where">The row.</param>
/// <param name="Expected">What recomputing gives.</param>
/// <param name="Found">What is stored.</param>
public sealed record JournalFinding(JournalFault Fault, string Where, string Expected, string Found);

/// <summary>What a check found.</summary>
/// <param name="Currency">The journal.</param>
/// <param name="Entries">Entries that were read.</param>
/// <param name="Sum">All balances together, recomputed: zero.</param>
/// <param name="Findings">What is wrong; empty for a sound journal.</param>
public sealed record JournalCheck(Currency Currency, long Entries, Money Sum, IReadOnlyList<JournalFinding> Findings);

/// <summary>Recomputes a journal from its postings alone and compares with all that is stored.</summary>
public sealed class CheckJournal(IPartitionStore store)
{
    private const int MaxReads = 20;

    /// <summary>
    /// Reads the whole journal. Every entry moves the head, so what was read under one head is what stood at one moment; a journal that
    /// moved meanwhile is read again.
    /// </summary>
    /// <exception cref="PartitionConflictException">It kept moving.</exception>
    public async Task<JournalCheck> CheckAsync(Currency currency, CancellationToken cancellationToken)
    {
        var partition = JournalRows.Of(currency);
        var head = await store.ReadAsync(partition, JournalRows.Head, cancellationToken);
        for (var reads = 0; reads < MaxReads; reads++)
        {
            var entries = await ListAsync<LedgerEntry>(partition, JournalRows.Entries, cancellationToken);
            var balances = await ListAsync<AccountBalance>(partition, JournalRows.Balances, cancellationToken);
            var check = Check(currency, entries, balances, head is null ? JournalHead.Empty : MarketplaceJson.Deserialize<JournalHead>(head.Body));
            if (check.Findings.Count == 0) check = check with { Findings = await CompareDerivedAsync(partition, entries, cancellationToken) };
            var before = head;
            head = await store.ReadAsync(partition, JournalRows.Head, cancellationToken);
            if (before?.ETag == head?.ETag) return check;
        }

        throw new PartitionConflictException(partition);
    }

    /// <summary>Compares what is stored with what the entries say.</summary>
    internal static JournalCheck Check(
        Currency currency, IReadOnlyList<LedgerEntry> entries, IReadOnlyList<AccountBalance> balances, JournalHead head)
    {
        var findings = new List<JournalFinding>();
        var recomputed = new Dictionary<Account, AccountBalance>();
        var last = JournalHead.Empty;
        foreach (var entry in entries)
        {
            CheckEntry(last, entry, findings);
            last = new JournalHead(entry.Sequence, entry.Hash, entry.RecordedAt);
            foreach (var effect in AccountEffect.Of(entry))
            {
                var balance = recomputed.GetValueOrDefault(effect.Account) ?? AccountBalance.None(effect.Account, currency);
                recomputed[effect.Account] = balance.With(effect, entry.Sequence);
            }
        }

        if (head != last)
        {
            findings.Add(new JournalFinding(JournalFault.HeadDiffers, "head", $"{last.Sequence} {last.Hash}", $"{head.Sequence} {head.Hash}"));
        }

        CompareBalances(recomputed, balances, findings);
        var sum = recomputed.Values.Aggregate(Money.Zero(currency), (total, balance) => total + balance.Balance);
        return new JournalCheck(currency, entries.Count, sum, findings);
    }

    private async Task<List<T>> ListAsync<T>(PartitionId partition, RowRange range, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        await foreach (var row in store.ReadRangeAsync(partition, range, cancellationToken)) rows.Add(MarketplaceJson.Deserialize<T>(row.Body));
        return rows;
    }

    /// <summary>What else is derived from sound entries, row by row.</summary>
    private async Task<IReadOnlyList<JournalFinding>> CompareDerivedAsync(
        PartitionId partition, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellationToken)
    {
        var made = new MadeRows();
        foreach (var entry in entries) await Projection.ApplyAsync(made, entry);
        var missing = new SortedSet<string>(made.Bodies.Keys, StringComparer.Ordinal);
        var findings = new List<JournalFinding>();
        foreach (var range in JournalRows.Derived)
        {
            await foreach (var row in store.ReadRangeAsync(partition, range, cancellationToken))
            {
                missing.Remove(row.RowKey);
                var body = made.Bodies.GetValueOrDefault(row.RowKey);
                if (body is null || !row.Body.Span.SequenceEqual(body)) Differs(row.RowKey, body, Encoding.UTF8.GetString(row.Body.Span));
            }
        }

        foreach (var row in missing) Differs(row, made.Bodies[row], "none");
        return findings;

        void Differs(string row, byte[]? body, string found) =>
            findings.Add(new JournalFinding(JournalFault.DerivedRowDiffers, row, body is null ? "none" : Encoding.UTF8.GetString(body), found));
    }

    private static void CheckEntry(JournalHead last, LedgerEntry entry, List<JournalFinding> findings)
    {
        var where = JournalRows.Entry(entry.Sequence);
        if (entry.Sequence != last.Sequence + 1)
        {
            findings.Add(new JournalFinding(JournalFault.SequenceBroken, where, $"{last.Sequence + 1}", $"{entry.Sequence}"));
        }

        var hash = JournalFormat.EntryHash(last.Hash, entry.Sequence, entry.RecordedAt, entry.Entry, entry.Hold);
        if (hash != entry.Hash) findings.Add(new JournalFinding(JournalFault.HashBroken, where, hash, entry.Hash));
        try
        {
            EntryRules.Require(entry);
        }
        catch (InvariantException broken)
        {
            findings.Add(new JournalFinding(JournalFault.EntryInvalid, where, broken.Message, entry.Entry.EntryId.ToString()));
        }
    }

    private static void CompareBalances(
        Dictionary<Account, AccountBalance> recomputed, IReadOnlyList<AccountBalance> balances, List<JournalFinding> findings)
    {
        var stored = balances.ToDictionary(b => b.Account);
        foreach (var account in recomputed.Keys.Union(stored.Keys).OrderBy(a => a.ToString(), StringComparer.Ordinal))
        {
            var (expected, found) = (recomputed.GetValueOrDefault(account), stored.GetValueOrDefault(account));
            if (expected == found) continue;
            findings.Add(new JournalFinding(JournalFault.BalanceDiffers, JournalRows.Balance(account), Describe(expected), Describe(found)));
        }
    }

    private static string Describe(AccountBalance? balance) =>
        balance is null ? "none" : $"{balance.Balance} and {balance.Pending} pending of {balance.Postings} postings up to {balance.LastSequence}";
}
