using Marketplace.Contracts;
using static Marketplace.Ledger.Tests.JournalMarket;

namespace Marketplace.Ledger.Tests;

public sealed class CheckJournalTests
{
    [Fact]
    public async Task The_hash_is_that_of_the_documented_bytes()
    {
        await using var journal = new JournalMarket();
        await journal.RecordAsync(Sale(1, 100, 10));
        var text = new string('0', 64) + "\n1\n2026-11-02T08:00:00Z\ngpu-hour ledger entry v1\n" + Id(1)
            + "\nUSD\nUsageCharged\nusage-1\n2026-11-02T09:00:00Z\n3\n"
            + $"buyerReceivable:{Buyer} 100\nproviderPayable:{Provider} -90\nplatformRevenue -10\n";
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
        Assert.Equal(hash, Assert.Single(await journal.EntriesAsync()).Hash);
        Assert.Equal(hash, (await journal.Market.Get<ReadJournal>().ReadHeadAsync(Currency.Usd, default)).Hash);
    }

    [Fact]
    public async Task A_rewritten_amount_is_found_even_when_its_own_hash_is_made_anew()
    {
        await using var journal = await ThreeSalesAsync();
        await journal.TamperAsync<LedgerEntry>(JournalRows.Entry(2), e =>
        {
            var forged = Sale(2, 300, 20);
            return e with { Entry = forged, Hash = JournalFormat.EntryHash("", 2, e.RecordedAt, forged, null) };
        });
        var faults = (await journal.CheckAsync()).Findings.Select(f => f.Fault).ToHashSet();
        Assert.Contains(JournalFault.HashBroken, faults);
        Assert.Contains(JournalFault.BalanceDiffers, faults);
    }

    [Fact]
    public async Task A_rewritten_tail_is_found_by_the_published_head()
    {
        await using var journal = await ThreeSalesAsync();
        await journal.TamperAsync<LedgerEntry>(JournalRows.Entry(3), e => e with { Hash = new string('a', 64) });
        Assert.Equal([JournalFault.HashBroken, JournalFault.HeadDiffers], (await journal.CheckAsync()).Findings.Select(f => f.Fault));
    }

    [Fact]
    public async Task A_stored_balance_that_the_postings_do_not_give_is_found()
    {
        await using var journal = await ThreeSalesAsync();
        await journal.TamperAsync<AccountBalance>("balance!platformRevenue", b => b with { Balance = b.Balance + Money.OfMinor(1, Currency.Usd) });
        var finding = Assert.Single((await journal.CheckAsync()).Findings);
        Assert.Equal((JournalFault.BalanceDiffers, "balance!platformRevenue"), (finding.Fault, finding.Where));
    }

    [Fact]
    public async Task An_entry_of_one_side_is_found()
    {
        await using var journal = await ThreeSalesAsync();
        await journal.TamperAsync<LedgerEntry>(JournalRows.Entry(1), e => e with { Entry = e.Entry with { Postings = [.. e.Entry.Postings.Take(2)] } });
        var check = await journal.CheckAsync();
        Assert.Contains(JournalFault.EntryInvalid, check.Findings.Select(f => f.Fault));
        Assert.NotEqual(0, check.Sum.MinorUnits);
    }

    [Fact]
    public async Task A_journal_that_is_written_to_while_it_is_read_is_read_again_and_found_sound()
    {
        JournalMarket? journal = null;
        var pages = 0;
        await using (journal = new JournalMarket(faults: call =>
        {
            // The first page of the check is the entries: one more comes before the balances are read.
            if (call.ReadsPage && call.Partition == JournalRows.Of(Currency.Usd) && pages++ == 1)
                journal!.RecordAsync(Sale(2, 200, 20)).GetAwaiter().GetResult();
            return Testing.Store.StoreFault.None;
        }))
        {
            await journal.RecordAsync(Sale(1, 100, 10));
            pages = 0;
            var check = await journal.CheckAsync();
            Assert.Empty(check.Findings);
            Assert.Equal(2, check.Entries);
        }
    }

    private static async Task<JournalMarket> ThreeSalesAsync()
    {
        var journal = new JournalMarket();
        await journal.RecordAsync(Sale(1, 100, 10), Sale(2, 200, 20), Sale(3, 300, 30));
        Assert.Empty((await journal.CheckAsync()).Findings);
        return journal;
    }
}
