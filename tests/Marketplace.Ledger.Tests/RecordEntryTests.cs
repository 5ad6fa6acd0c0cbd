using CsCheck;
using Marketplace.Contracts;
using NodaTime;
using static Marketplace.Ledger.Tests.JournalMarket;

namespace Marketplace.Ledger.Tests;

public sealed class RecordEntryTests
{
    public static TheoryData<string> BrokenEntries => [.. Broken.Keys];

    private static Dictionary<string, RecordEntry> Broken { get; } = new()
    {
        ["no postings"] = Sale(1, 100, 10) with { Postings = [] },
        ["one posting"] = Sale(1, 100, 10) with { Postings = [Sale(1, 100, 10).Postings[0]] },
        ["not zero"] = Sale(1, 100, 10) with { Postings = [.. Sale(1, 100, 10).Postings.Take(2)] },
        ["a zero posting"] = Sale(1, 100, 0),
        ["another currency"] = Sale(1, 100, 10) with { Currency = Currency.Cny },
        ["two currencies that cancel"] = Sale(1, 100, 10) with { Postings = [.. Sale(1, 100, 10).Postings, .. Sale(1, 100, 10, Currency.Cny).Postings] },
        ["an owner too many"] = Sale(1, 100, 10) with { Postings = [new(new Account(AccountKind.Tax, Buyer), Usd(1)), new(new Account(AccountKind.Refund, null), Usd(-1))] },
        ["an owner too few"] = Sale(1, 100, 10) with { Postings = [new(new Account(AccountKind.Hold, null), Usd(1)), new(new Account(AccountKind.Tax, null), Usd(-1))] },
        ["a reference of two lines"] = Sale(1, 100, 10) with { Reference = "a\nb" },
        ["no reference"] = Sale(1, 100, 10) with { Reference = "" },
        ["45 postings"] = Sale(1, 100, 10) with { Postings = [.. Enumerable.Repeat(Sale(1, 100, 10).Postings, 15).SelectMany(p => p)] },
    };

    [Theory]
    [MemberData(nameof(BrokenEntries))]
    public async Task An_entry_that_breaks_a_rule_is_never_recorded(string rule)
    {
        await using var journal = new JournalMarket();
        await journal.RecordAsync(Broken[rule]);
        Assert.IsType<InvariantException>(Assert.Single(journal.Market.Messages.DeadLetters).Fault);
        Assert.Empty(await journal.EntriesAsync());
        Assert.Empty(await journal.EntriesAsync(Currency.Cny));
    }

    [Fact]
    public async Task The_same_entry_is_recorded_once_and_other_content_under_its_id_never()
    {
        await using var journal = new JournalMarket();
        await journal.RecordAsync(Sale(1, 100, 10), Sale(1, 100, 10), Sale(1, 101, 10));
        Assert.IsType<InvariantException>(Assert.Single(journal.Market.Messages.DeadLetters).Fault);
        Assert.Single(await journal.EntriesAsync());
        var balance = (await journal.Market.Get<ReadAccounts>().ListAsync(Currency.Usd, AsOf.Now, default)).Single(b => b.Account.Owner == Buyer);
        Assert.Equal((100L, 1L, 1L), (balance.Balance.MinorUnits, balance.Postings, balance.LastSequence));
    }

    [Fact]
    public async Task An_entry_of_44_accounts_that_takes_back_another_fits_one_commit_and_completes_a_tree()
    {
        await using var journal = new JournalMarket();
        await journal.RecordAsync([.. Enumerable.Range(1, 30).Select(i => Sale(i, 100, 10))]);
        var wide = Sale(31, 0, 0) with
        {
            Postings = [.. Enumerable.Range(1, 43).Select(i => new Posting(
                new Account(AccountKind.ProviderPayable, OrganisationId.From(Ulid.Create(2_000, (UInt128)i))), Usd(-1))), new(new Account(AccountKind.BuyerReceivable, Buyer), Usd(43))],
        };
        await journal.RecordAsync(wide, ReversalTests.Reversal(32, wide));
        Assert.Empty(journal.Market.Messages.DeadLetters);
        Assert.Equal(32, (await journal.CheckAsync()).Entries);
    }

    [Fact]
    public async Task Journals_of_currencies_are_apart_and_each_counts_from_one()
    {
        await using var journal = new JournalMarket();
        await journal.RecordAsync(Sale(1, 100, 10), Sale(2, 200, 20, Currency.Cny), Sale(3, 300, 30));
        Assert.Equal([2L, 1L], (await journal.EntriesAsync()).Select(e => e.Sequence));
        Assert.Equal([1L], (await journal.EntriesAsync(Currency.Cny)).Select(e => e.Sequence));
    }

    [Fact]
    public async Task Entries_are_listed_by_the_month_they_are_booked_in_whenever_they_are_recorded()
    {
        await using var journal = new JournalMarket();
        var october = Instant.FromUtc(2026, 10, 31, 23, 59);
        await journal.RecordAsync(Sale(1, 1, 2, bookedAt: october), Sale(2, 3, 1), Sale(3, 4, 1, bookedAt: october));
        var listed = new List<long>();
        await foreach (var entry in journal.Market.Get<ILedgerRecords>().ListAsync(Currency.Usd, BillingPeriod.Containing(october), default)) listed.Add(entry.Sequence);
        Assert.Equal([1L, 3L], listed);
    }

    [Fact]
    public async Task Pages_go_back_from_the_newest_without_a_gap()
    {
        await using var journal = new JournalMarket();
        await journal.RecordAsync([.. Enumerable.Range(1, 5).Select(i => Sale(i, 100, 10))]);
        var read = journal.Market.Get<ReadJournal>();
        Assert.Equal([5L, 4L], (await read.ListAsync(Currency.Usd, null, 2, default)).Select(e => e.Sequence));
        Assert.Equal([3L, 2L], (await read.ListAsync(Currency.Usd, 4, 2, default)).Select(e => e.Sequence));
        Assert.Equal([1L], (await read.ListAsync(Currency.Usd, 2, 2, default)).Select(e => e.Sequence));
        Assert.Empty(await read.ListAsync(Currency.Usd, 1, 2, default));
    }

    [Fact]
    public void Whatever_is_recorded_in_whatever_disorder_balances_are_the_postings_and_sum_to_zero() => Gen.Select(
        Gen.Int[1, 1_000_000],
        Gen.Select(Gen.Int[1, 12], Gen.Long[2, 1_000_000_000]).Array[1, 25]).Sample((seed, drawn) => RunAsync(seed, drawn).GetAwaiter().GetResult(), iter: 100);

    private static async Task RunAsync(int seed, (int Id, long Amount)[] drawn)
    {
        await using var journal = new JournalMarket(seed, disorderRate: 0.3);
        var expected = drawn.DistinctBy(d => d.Id).ToDictionary(d => d.Id, d => d.Amount);
        await journal.RecordAsync([.. drawn.Select(d => Sale(d.Id, expected[d.Id], 1))]);

        var check = await journal.CheckAsync();
        Assert.Empty(check.Findings);
        Assert.Equal((expected.Count, 0L), ((int)check.Entries, check.Sum.MinorUnits));
        var balances = await journal.BalancesAsync();
        Assert.Equal(0, balances.Values.Sum());
        Assert.Equal(expected.Values.Sum(), balances[$"buyerReceivable:{Buyer}"]);
        Assert.Equal(-expected.Count, balances["platformRevenue"]);
        Assert.Empty(journal.Market.Messages.DeadLetters);
    }

    private static Money Usd(long minor) => Money.OfMinor(minor, Currency.Usd);
}
