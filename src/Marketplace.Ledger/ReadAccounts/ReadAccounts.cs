using System.Runtime.CompilerServices;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using NodaTime;

namespace Marketplace.Ledger;

/// <summary>Which entries count in a balance of the past.</summary>
/// <param name="BookedBy">Those booked at this instant or before; null for all.</param>
/// <param name="RecordedBy">Those recorded at this instant or before, which is what was known then; null for all.</param>
public readonly record struct AsOf(Instant? BookedBy, Instant? RecordedBy)
{
    /// <summary>All entries.</summary>
    public static AsOf Now { get; }
}

/// <summary>Balances and statements of accounts, now and as of any instant.</summary>
public sealed class ReadAccounts(IPartitionStore store, ReadJournal journal) : IAccountStandings
{
    /// <summary>
    /// All accounts of a journal by name: the trial balance, which sums to zero. As known at an instant it costs a read per account; as booked
    /// by an instant it reads all entries up to then.
    /// </summary>
    public async Task<IReadOnlyList<AccountBalance>> ListAsync(Currency currency, AsOf asOf, CancellationToken cancellationToken)
    {
        var last = await LastRecordedAsync(currency, asOf.RecordedBy, cancellationToken);
        if (asOf.BookedBy is { } bookedBy) return await AddUpAsync(currency, last, bookedBy, cancellationToken);
        var balances = new List<AccountBalance>();
        await foreach (var row in store.ReadRangeAsync(JournalRows.Of(currency), JournalRows.Balances, cancellationToken))
        {
            var balance = MarketplaceJson.Deserialize<AccountBalance>(row.Body);
            if (balance.LastSequence > last) balance = await ReadLastLineAsync(currency, balance.Account, last, cancellationToken);
            if (balance is not null) balances.Add(balance);
        }

        return balances;
    }

    /// <summary>One account; with nothing on it where it has no entry.</summary>
    public async Task<AccountBalance> ReadAsync(Currency currency, Account account, AsOf asOf, CancellationToken cancellationToken)
    {
        var last = await LastRecordedAsync(currency, asOf.RecordedBy, cancellationToken);
        var sum = AccountBalance.None(account, currency);
        if (asOf.BookedBy is not { } bookedBy) return await ReadLastLineAsync(currency, account, last, cancellationToken) ?? sum;
        await foreach (var line in ReadLinesAsync(currency, JournalRows.LinesUpTo(account, last), cancellationToken))
        {
            if (line.BookedAt > bookedBy) continue;
            var lastSequence = Math.Max(sum.LastSequence, line.Sequence);
            sum = sum.With(new AccountEffect(account, line.Posted, line.Pending, line.Postings), lastSequence);
        }

        return sum;
    }

    /// <inheritdoc/>
    async Task<AccountStanding> IAccountStandings.ReadAsync(Account account, Currency currency, CancellationToken cancellationToken)
    {
        var row = await store.ReadAsync(JournalRows.Of(currency), JournalRows.Balance(account), cancellationToken);
        if (row is null) return new AccountStanding(Money.Zero(currency), Money.Zero(currency));
        var balance = MarketplaceJson.Deserialize<AccountBalance>(row.Body);
        return new AccountStanding(balance.Balance, balance.Pending);
    }

    /// <inheritdoc/>
    async IAsyncEnumerable<Posting> IAccountStandings.ListAsync(
        AccountKind kind, Currency currency, Instant before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in store.ReadRangeAsync(JournalRows.Of(currency), JournalRows.BalancesOf(kind), cancellationToken))
        {
            var account = MarketplaceJson.Deserialize<AccountBalance>(row.Body).Account;
            var then = await ReadAsync(currency, account, new AsOf(BookedBy: before - Duration.Epsilon, RecordedBy: null), cancellationToken);
            if (!then.Balance.IsZero) yield return new Posting(account, then.Balance);
        }
    }

    /// <summary>An account's entries, newest first.</summary>
    /// <param name="currency">The journal.</param>
    /// <param name="account">The account.</param>
    /// <param name="before">Only entries below this sequence; null for the newest.</param>
    /// <param name="limit">The most lines.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<StatementLine>> ListLinesAsync(
        Currency currency, Account account, long? before, int limit, CancellationToken cancellationToken)
    {
        var lines = new List<StatementLine>();
        var range = JournalRows.LinesUpTo(account, (before ?? JournalRows.LastSequence + 1) - 1);
        string? continuation = null;
        do
        {
            var page = await store.ReadPageAsync(JournalRows.Of(currency), range, limit - lines.Count, continuation, cancellationToken);
            lines.AddRange(page.Entities.Select(row => MarketplaceJson.Deserialize<StatementLine>(row.Body)));
            continuation = page.Continuation;
        }
        while (continuation is not null && lines.Count < limit);
        return lines;
    }

    private async IAsyncEnumerable<StatementLine> ReadLinesAsync(
        Currency currency, RowRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in store.ReadRangeAsync(JournalRows.Of(currency), range, cancellationToken))
        {
            yield return MarketplaceJson.Deserialize<StatementLine>(row.Body);
        }
    }

    private async Task<AccountBalance?> ReadLastLineAsync(Currency currency, Account account, long last, CancellationToken cancellationToken) =>
        (await ListLinesAsync(currency, account, last + 1, 1, cancellationToken)) is [var line] ? line.After : null;

    private async Task<IReadOnlyList<AccountBalance>> AddUpAsync(Currency currency, long last, Instant bookedBy, CancellationToken cancellationToken)
    {
        var balances = new SortedDictionary<string, AccountBalance>(StringComparer.Ordinal);
        await foreach (var entry in journal.ReadBetweenAsync(currency, 1, last, cancellationToken))
        {
            if (entry.Entry.BookedAt > bookedBy) continue;
            foreach (var effect in AccountEffect.Of(entry))
            {
                var name = effect.Account.ToString();
                balances[name] = (balances.GetValueOrDefault(name) ?? AccountBalance.None(effect.Account, currency)).With(effect, entry.Sequence);
            }
        }

        return [.. balances.Values];
    }

    /// <summary>The last entry recorded by an instant. Instants of recording never go back, so that it is found by halving.</summary>
    private async Task<long> LastRecordedAsync(Currency currency, Instant? recordedBy, CancellationToken cancellationToken)
    {
        var (low, high) = (0L, (await journal.ReadHeadAsync(currency, cancellationToken)).Sequence);
        if (recordedBy is not { } instant) return high;
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            var row = await store.ReadAsync(JournalRows.Of(currency), JournalRows.Entry(middle), cancellationToken);
            InvariantException.Require(row is not null, $"The journal of {currency} has no entry {middle}.");
            if (MarketplaceJson.Deserialize<LedgerEntry>(row.Body).RecordedAt <= instant) low = middle;
            else high = middle - 1;
        }

        return low;
    }
}
