using Marketplace.Contracts;
using Marketplace.Runtime.Store;
using static Marketplace.Ledger.Tests.JournalMarket;

namespace Marketplace.Ledger.Tests;

public sealed class RebuildJournalTests
{
    [Fact]
    public async Task Derived_rows_that_were_destroyed_changed_or_made_up_are_made_again_to_the_same_bytes()
    {
        await using var journal = await MixedAsync();
        var before = await DerivedAsync(journal);
        Assert.True(before.Count > 150);
        var made = await RebuildAsync(journal);
        Assert.Equal((0, 0, 0), (made.Inserted, made.Replaced, made.Deleted));

        // Every third row goes, of the rest every second is changed, and one is made up.
        foreach (var (row, i) in before.Keys.Select((row, i) => (row, i)))
        {
            var entity = (await journal.Market.Store.ReadAsync(JournalRows.Of(Currency.Usd), row, default))!;
            if (i % 3 == 0) await CommitAsync(journal, new EntityOperation.Delete(row, entity.ETag));
            else if (i % 2 == 0) await CommitAsync(journal, new EntityOperation.Replace(row, "{}"u8.ToArray(), entity.ETag));
        }

        await CommitAsync(journal, new EntityOperation.Insert("balance!made-up", "{}"u8.ToArray()));
        made = await RebuildAsync(journal);
        Assert.True(made is { Inserted: > 50, Replaced: > 50, Deleted: 1 });
        Assert.Equal(before, await DerivedAsync(journal));
        Assert.Empty((await journal.CheckAsync()).Findings);
    }

    [Fact]
    public async Task A_head_that_was_destroyed_is_made_again_and_the_journal_goes_on()
    {
        await using var journal = await MixedAsync();
        var head = (await journal.Market.Store.ReadAsync(JournalRows.Of(Currency.Usd), JournalRows.Head, default))!;
        await CommitAsync(journal, new EntityOperation.Delete(JournalRows.Head, head.ETag));
        Assert.Equal(1, (await RebuildAsync(journal)).Inserted);
        await journal.RecordAsync(Sale(999, 5, 1));
        Assert.Empty((await journal.CheckAsync()).Findings);
    }

    [Fact]
    public async Task A_derived_row_that_differs_is_named_by_the_check()
    {
        await using var journal = await MixedAsync();
        await journal.TamperAsync<TreeNodes>(JournalRows.Nodes(8), n => new TreeNodes([new string('a', 64), .. n.Nodes.Skip(1)]));
        var finding = Assert.Single((await journal.CheckAsync()).Findings);
        Assert.Equal((JournalFault.DerivedRowDiffers, JournalRows.Nodes(8)), (finding.Fault, finding.Where));
    }

    [Fact]
    public async Task Nothing_is_made_of_entries_that_were_rewritten()
    {
        await using var journal = await MixedAsync();
        var before = await DerivedAsync(journal);
        await journal.TamperAsync<LedgerEntry>(JournalRows.Entry(3), e => e with { Entry = e.Entry with { Reference = "forged" } });
        var result = await journal.Market.Get<RebuildJournal>().RebuildAsync(Currency.Usd, default);
        Assert.Equal(RebuildJournalRefusal.ChainBroken, result.Refusal);
        Assert.Equal(before, await DerivedAsync(journal));
    }

    [Fact]
    public async Task An_entry_that_comes_while_rows_are_made_again_is_not_lost()
    {
        JournalMarket? journal = null;
        var writes = 0;
        var armed = false;
        await using (journal = new JournalMarket(faults: call =>
        {
            if (armed && call.ReadsPage && writes++ == 3) journal!.RecordAsync(Sale(500, 100, 10)).GetAwaiter().GetResult();
            return Testing.Store.StoreFault.None;
        }))
        {
            await journal.RecordAsync(Sale(1, 100, 10), Sale(2, 200, 20));
            await journal.TamperAsync<AccountBalance>("balance!platformRevenue", b => b with { LastSequence = 77 });
            armed = true;
            var made = await RebuildAsync(journal);
            Assert.Equal(3, made.Entries);
            Assert.Empty((await journal.CheckAsync()).Findings);
        }
    }

    private static async Task<JournalMarket> MixedAsync()
    {
        var journal = new JournalMarket();
        await journal.RecordAsync([.. Enumerable.Range(1, 30).Select(i => Sale(i, i * 100, 10))]);
        var prepaid = new Account(AccountKind.BuyerPrepaid, Buyer);
        await journal.SendAsync(
            new HoldEntry(Id(101), Currency.Usd, "trade-1", BookedAt, prepaid, Money.OfMinor(100, Currency.Usd)),
            new PostHeld(Id(102), Id(101), Currency.Usd, EntryReason.UsageCharged, "usage-1", BookedAt,
                [new(prepaid, Money.OfMinor(40, Currency.Usd)), new(new Account(AccountKind.PlatformRevenue, null), Money.OfMinor(-40, Currency.Usd))], false),
            new VoidHeld(Id(103), Id(101), Currency.Usd, "end-1", BookedAt),
            ReversalTests.Reversal(104, Sale(7, 700, 10)));
        Assert.Empty(await journal.RefusalsAsync());
        return journal;
    }

    private static async Task<JournalRebuild> RebuildAsync(JournalMarket journal) =>
        (await journal.Market.Get<RebuildJournal>().RebuildAsync(Currency.Usd, default)).Value;

    private static async Task<SortedDictionary<string, string>> DerivedAsync(JournalMarket journal)
    {
        var rows = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var range in JournalRows.Derived)
        {
            await foreach (var row in journal.Market.Store.ReadRangeAsync(JournalRows.Of(Currency.Usd), range, default))
                rows.Add(row.RowKey, Convert.ToHexString(row.Body.Span));
        }

        return rows;
    }

    private static async Task CommitAsync(JournalMarket journal, EntityOperation operation)
    {
        var result = await journal.Market.Store.CommitAsync(new Commit(JournalRows.Of(Currency.Usd), null, [operation], default), default);
        Assert.Equal(CommitStatus.Committed, result.Status);
    }
}
