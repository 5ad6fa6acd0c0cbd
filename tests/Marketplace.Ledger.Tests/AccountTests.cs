using Marketplace.Contracts;
using NodaTime;
using static Marketplace.Ledger.Tests.JournalMarket;

namespace Marketplace.Ledger.Tests;

public sealed class AccountTests
{
    private static readonly Account Receivable = new(AccountKind.BuyerReceivable, Buyer);

    [Fact]
    public async Task Balances_are_as_of_any_instant_of_booking_of_recording_and_of_both()
    {
        await using var journal = new JournalMarket();
        var october = Instant.FromUtc(2026, 10, 31, 23, 59);
        await journal.RecordAsync(Sale(1, 100, 10, bookedAt: october));
        var first = journal.Market.Time.Now;
        await journal.Market.RunUntilAsync(first + Duration.FromHours(1));
        await journal.RecordAsync(Sale(2, 200, 20));
        await journal.Market.RunUntilAsync(first + Duration.FromHours(2));
        await journal.RecordAsync(Sale(3, 400, 40, bookedAt: october));

        foreach (var (booked, recorded, expected) in new (Instant? Booked, Instant? Recorded, long Expected)[]
        {
            (null, null, 700), (october, null, 500), (october - Duration.FromMilliseconds(1), null, 0), (BookedAt, null, 700),
            (null, first, 100), (null, first - Duration.FromMilliseconds(1), 0), (null, first + Duration.FromHours(1), 300), (october, first + Duration.FromHours(1), 100),
        })
        {
            var asOf = new AsOf(booked, recorded);
            var read = journal.Market.Get<ReadAccounts>();
            Assert.Equal(expected, (await read.ReadAsync(Currency.Usd, Receivable, asOf, default)).Balance.MinorUnits);
            var trial = await read.ListAsync(Currency.Usd, asOf, default);
            Assert.Equal(expected, trial.SingleOrDefault(b => b.Account == Receivable)?.Balance.MinorUnits ?? 0);
            Assert.Equal(0, trial.Sum(b => b.Balance.MinorUnits));
        }
    }

    [Fact]
    public async Task Accounts_of_a_kind_are_listed_as_they_stood_before_an_instant_and_without_those_of_nothing()
    {
        await using var journal = new JournalMarket();
        var end = Instant.FromUtc(2026, 11, 1, 0, 0);
        var other = new Account(AccountKind.BuyerPrepaid, Provider);
        RecordEntry TopUp(long number, Account account, long amount, Instant at) => new(
            Id(number), Currency.Usd, EntryReason.PrepaidToppedUp, $"top-up-{number}", at,
            [new Posting(new Account(AccountKind.PaymentClearing, null), Money.OfMinor(amount, Currency.Usd)), new Posting(account, Money.OfMinor(-amount, Currency.Usd))]);
        var mine = new Account(AccountKind.BuyerPrepaid, Buyer);
        await journal.RecordAsync(
            TopUp(1, mine, 500, end - Duration.FromSeconds(1)), TopUp(2, mine, 70, end), TopUp(3, other, 40, end - Duration.FromDays(40)), TopUp(4, other, -40, end - Duration.FromDays(1)));
        IAccountStandings standings = journal.Market.Get<ReadAccounts>();
        async Task<List<(Account, long)>> At(Instant before) =>
            await standings.ListAsync(AccountKind.BuyerPrepaid, Currency.Usd, before, default).Select(p => (p.Account, p.Amount.MinorUnits)).ToListAsync();
        Assert.Equal([(mine, -500L)], await At(end));
        Assert.Equal([(mine, -570L)], await At(end + Duration.FromSeconds(1)));
        Assert.Equal([(other, -40L)], await At(end - Duration.FromDays(2)));
        Assert.Empty(await standings.ListAsync(AccountKind.BuyerReceivable, Currency.Usd, end, default).ToListAsync());
    }

    [Fact]
    public async Task A_statement_goes_back_from_the_newest_without_a_gap_and_says_the_balance_after_each_entry()
    {
        await using var journal = new JournalMarket();
        await journal.RecordAsync([.. Enumerable.Range(1, 5).Select(i => Sale(i, i * 100, 10))]);
        await journal.SendAsync(new HoldEntry(Id(9), Currency.Usd, "trade-9", BookedAt, Receivable, Money.OfMinor(7, Currency.Usd)));
        var read = journal.Market.Get<ReadAccounts>();
        var first = await read.ListLinesAsync(Currency.Usd, Receivable, null, 3, default);
        var second = await read.ListLinesAsync(Currency.Usd, Receivable, first[^1].Sequence, 3, default);
        Assert.Equal([6L, 5, 4, 3, 2, 1], first.Concat(second).Select(l => l.Sequence));
        Assert.Equal([1500L, 1500, 1000, 600, 300, 100], first.Concat(second).Select(l => l.After.Balance.MinorUnits));
        Assert.Equal([7L, 0], first.Take(2).Select(l => l.After.Pending.MinorUnits));
        Assert.Empty(await read.ListLinesAsync(Currency.Usd, Receivable, 1, 3, default));
        Assert.Empty(await read.ListLinesAsync(Currency.Usd, new Account(AccountKind.BuyerReceivable, Provider), null, 3, default));
    }

    [Fact]
    public async Task An_entry_is_never_recorded_before_the_one_before_it_though_the_clock_goes_back()
    {
        await using var journal = new JournalMarket();
        await journal.RecordAsync(Sale(1, 100, 10));
        var first = journal.Market.Time.Now;
        journal.Market.Time.JumpTo(first - Duration.FromHours(1));
        await journal.RecordAsync(Sale(2, 100, 10));
        Assert.All(await journal.EntriesAsync(), e => Assert.Equal(first, e.RecordedAt));
    }

    [Fact]
    public void An_account_is_read_back_from_its_text()
    {
        foreach (var kind in Enum.GetValues<AccountKind>())
        {
            var account = new Account(kind, EntryRules.HasOwner(kind) ? Buyer : null);
            Assert.True(Account.TryParse(account.ToString(), out var read));
            Assert.Equal(account, read);
        }

        Assert.All(new[] { null, "", "tax:", "Tax", "tax:org_1", "hold:org_1:2" }, text => Assert.False(Account.TryParse(text, out _)));
    }
}
