using CsCheck;
using Marketplace.Contracts;
using NodaTime;
using static Marketplace.Ledger.Tests.JournalMarket;

namespace Marketplace.Ledger.Tests;

public sealed class HoldTests
{
    private static readonly Account Prepaid = new(AccountKind.BuyerPrepaid, Buyer);
    private static readonly Account Revenue = new(AccountKind.PlatformRevenue, null);

    [Fact]
    public async Task A_hold_is_pending_and_posts_nothing()
    {
        await using var journal = new JournalMarket();
        await journal.SendAsync(Hold(1, 100));
        Assert.Equal((0, 100), await BalanceAsync(journal, Prepaid));
        Assert.Equal((0, -100), await BalanceAsync(journal, new Account(AccountKind.Hold, Buyer)));
        Assert.Empty(await PostedAsync(journal));
        Assert.Empty((await journal.CheckAsync()).Findings);
    }

    [Fact]
    public async Task What_is_posted_is_taken_from_the_hold_and_the_rest_is_released()
    {
        await using var journal = new JournalMarket();
        await journal.SendAsync(Hold(1, 100), Post(2, 1, 60));
        Assert.Equal((60, 0), await BalanceAsync(journal, Prepaid));
        Assert.Equal((0, 0), await BalanceAsync(journal, new Account(AccountKind.Hold, Buyer)));
        Assert.Equal(Id(2), Assert.Single(await PostedAsync(journal)).Entry.EntryId);
        Assert.Empty((await journal.CheckAsync()).Findings);
    }

    [Fact]
    public async Task A_hold_that_is_posted_in_parts_keeps_the_rest_until_the_last()
    {
        await using var journal = new JournalMarket();
        await journal.SendAsync(Hold(1, 100), Post(2, 1, 30, releasesRest: false), Post(3, 1, 30, releasesRest: false));
        Assert.Equal((60, 40), await BalanceAsync(journal, Prepaid));
        await journal.SendAsync(Void(4, 1));
        Assert.Equal((60, 0), await BalanceAsync(journal, Prepaid));
        Assert.Empty(await journal.RefusalsAsync());
    }

    [Fact]
    public async Task A_capture_of_all_but_one_unit_leaves_it_and_one_more_than_is_left_is_refused()
    {
        await using var journal = new JournalMarket();
        await journal.SendAsync(Hold(1, 100), Post(2, 1, 99, releasesRest: false), Post(3, 1, 2, releasesRest: false));
        Assert.Equal((99, 1), await BalanceAsync(journal, Prepaid));
        Assert.Equal([LedgerRefusal.HoldExceeded], await journal.RefusalsAsync());
        Assert.Empty(journal.Market.Messages.DeadLetters);
    }

    [Fact]
    public async Task What_is_owed_anyway_is_posted_out_of_what_is_left_and_once()
    {
        await using var journal = new JournalMarket();
        var more = Post(2, 1, 130, releasesRest: false) with { PostsAnyway = true };
        var unheld = Post(3, 9, 5) with { PostsAnyway = true };
        await journal.SendAsync(Hold(1, 100), more, more, Post(4, 1, 7) with { PostsAnyway = true }, unheld, unheld, Void(5, 1));
        Assert.Equal((142, 0), await BalanceAsync(journal, Prepaid));
        Assert.Equal([LedgerRefusal.HoldSettled], await journal.RefusalsAsync(5));
        Assert.Empty(journal.Market.Messages.DeadLetters);
        Assert.Empty((await journal.CheckAsync()).Findings);
    }

    [Fact]
    public async Task Refusals_come_in_their_documented_order_and_record_nothing()
    {
        await using var journal = new JournalMarket();
        await journal.SendAsync(
            Post(2, 9, 10),                                  // no such hold
            Hold(1, 100, expiresAt: Instant.FromUtc(2026, 11, 2, 7, 0)), Post(3, 1, 500), // expired, before too much
            Hold(4, 100), Post(5, 4, -10),                   // credits the held account
            Void(6, 4), Post(7, 4, 500), Void(8, 4));        // settled, before too much
        Assert.Equal(
            [LedgerRefusal.HoldUnknown, LedgerRefusal.HoldExpired, LedgerRefusal.HeldAccountNotDebited, LedgerRefusal.HoldSettled, LedgerRefusal.HoldSettled],
            await journal.RefusalsAsync(2, 3, 5, 7, 8));
        Assert.Empty(await PostedAsync(journal));
    }

    [Fact]
    public async Task A_hold_expires_at_its_instant_and_not_before()
    {
        await using var journal = new JournalMarket();
        var expiresAt = journal.Market.Time.Now + Duration.FromMinutes(1);
        await journal.SendAsync(Hold(1, 100, expiresAt), Post(2, 1, 10, releasesRest: false));
        await journal.Market.RunUntilAsync(expiresAt - Duration.FromMilliseconds(1));
        Assert.Equal((10, 90), await BalanceAsync(journal, Prepaid));
        await journal.Market.RunUntilAsync(expiresAt);
        Assert.Equal((10, 0), await BalanceAsync(journal, Prepaid));
        Assert.Empty(await journal.RefusalsAsync());
    }

    [Fact]
    public async Task Commands_that_come_again_have_one_effect_and_other_content_stops_the_journal()
    {
        await using var journal = new JournalMarket();
        await journal.SendAsync(Hold(1, 100), Hold(1, 100), Post(2, 1, 40, releasesRest: false), Post(2, 1, 40, releasesRest: false), Void(3, 1), Void(3, 1));
        Assert.Equal((40, 0), await BalanceAsync(journal, Prepaid));
        Assert.Equal(3, (await journal.EntriesAsync()).Count);
        await journal.SendAsync(Hold(1, 101));
        Assert.IsType<InvariantException>(Assert.Single(journal.Market.Messages.DeadLetters).Fault);
    }

    [Fact]
    public async Task A_malformed_hold_is_never_recorded()
    {
        foreach (var hold in new[] { Hold(1, 0), Hold(1, -5), Hold(1, 5) with { Account = Revenue }, Hold(1, 5) with { Account = new(AccountKind.Hold, Buyer) } })
        {
            await using var journal = new JournalMarket();
            await journal.SendAsync(hold);
            Assert.IsType<InvariantException>(Assert.Single(journal.Market.Messages.DeadLetters).Fault);
            Assert.Empty(await journal.EntriesAsync());
        }
    }

    [Fact]
    public async Task Yen_are_held_and_posted_to_the_unit()
    {
        await using var journal = new JournalMarket();
        await journal.SendAsync(Hold(1, 101, currency: Currency.Jpy), Post(2, 1, 100, currency: Currency.Jpy));
        var balance = (await journal.Market.Get<ReadAccounts>().ListAsync(Currency.Jpy, AsOf.Now, default)).Single(b => b.Account == Prepaid);
        Assert.Equal(("100 JPY", 0L), (balance.Balance.ToString(), balance.Pending.MinorUnits));
    }

    [Fact]
    public void Whatever_is_held_posted_and_voided_in_whatever_order_no_more_is_posted_than_held_and_pending_sums_to_zero() => Gen.Select(
        Gen.Int[1, 1_000_000],
        Gen.Select(Gen.Int[0, 2], Gen.Int[1, 3], Gen.Long[1, 150], Gen.Bool).Array[1, 30]).Sample((seed, steps) => RunAsync(seed, steps).GetAwaiter().GetResult(), iter: 100);

    private static async Task RunAsync(int seed, (int Kind, int Hold, long Amount, bool Last)[] steps)
    {
        await using var journal = new JournalMarket(seed, disorderRate: 0.3);
        var commands = steps.Select((s, i) => s.Kind switch
        {
            0 => (object)Hold(s.Hold, 100),
            1 => Post(100 + i, s.Hold, s.Amount, s.Last),
            _ => Void(100 + i, s.Hold),
        });
        await journal.SendAsync([.. commands]);
        Assert.Empty((await journal.CheckAsync()).Findings);
        var entries = await journal.EntriesAsync();
        foreach (var hold in entries.Where(e => e.Hold is not null).GroupBy(e => e.Hold!.HoldId))
        {
            Assert.InRange(hold.Sum(e => e.Hold!.Pending.MinorUnits), 0, 100);
            Assert.InRange(hold.SelectMany(e => e.Entry.Postings).Where(p => p.Account == Prepaid).Sum(p => p.Amount.MinorUnits), 0, 100);
        }

        var balances = await journal.Market.Get<ReadAccounts>().ListAsync(Currency.Usd, AsOf.Now, default);
        Assert.Equal((0L, 0L), (balances.Sum(b => b.Balance.MinorUnits), balances.Sum(b => b.Pending.MinorUnits)));
    }

    private static HoldEntry Hold(long number, long amount, Instant? expiresAt = null, Currency? currency = null) =>
        new(Id(number), currency ?? Currency.Usd, $"trade-{number}", BookedAt, Prepaid, Money.OfMinor(amount, currency ?? Currency.Usd), expiresAt);

    private static PostHeld Post(long number, long hold, long amount, bool releasesRest = true, Currency? currency = null)
    {
        var money = Money.OfMinor(amount, currency ?? Currency.Usd);
        return new(Id(number), Id(hold), money.Currency, EntryReason.UsageCharged, $"usage-{number}", BookedAt, [new(Prepaid, money), new(Revenue, -money)], releasesRest);
    }

    private static VoidHeld Void(long number, long hold) => new(Id(number), Id(hold), Currency.Usd, $"end-{number}", BookedAt);

    private static async Task<(long Balance, long Pending)> BalanceAsync(JournalMarket journal, Account account)
    {
        var balance = (await journal.Market.Get<ReadAccounts>().ListAsync(Currency.Usd, AsOf.Now, default)).Single(b => b.Account == account);
        return (balance.Balance.MinorUnits, balance.Pending.MinorUnits);
    }

    private static async Task<List<LedgerEntry>> PostedAsync(JournalMarket journal)
    {
        var posted = new List<LedgerEntry>();
        await foreach (var entry in journal.Market.Get<ILedgerRecords>().ListAsync(Currency.Usd, BillingPeriod.Containing(BookedAt), default)) posted.Add(entry);
        return posted;
    }
}
