using CsCheck;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;
using Marketplace.Testing.Simulation;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Finance.Tests;

public sealed class ClosePeriodTests : IAsyncDisposable
{
    private static readonly BillingPeriod Period = ConsistentWorld.Period;
    private readonly ConsistentWorld world = ConsistentWorld.Gen.Where(w => w.Charges.Any(c => !c.Amount.IsZero)).Single();
    private readonly Recorded recorded = new();
    private readonly SimulatedMarketplace market;

    public ClosePeriodTests() => market = new SimulatedMarketplace(services =>
    {
        services.AddFinance();
        WorldRecords.Register(services, world);
        services.AddSingleton(recorded);
        services.AddMessageHandler<RecordEntry, Ear>("ledger", m => m.Currency.Code);
        services.AddMessageHandler<PeriodClosed, Ear>("billing", m => m.Period.ToString());
    });

    public ValueTask DisposeAsync() => market.DisposeAsync();

    [Fact]
    public async Task A_month_that_has_not_ended_is_not_closed()
    {
        market.Time.JumpTo(Period.End - Duration.FromSeconds(1));
        Assert.Equal(ClosePeriodRefusal.PeriodNotOver, (await CloseAsync("a")).Result.Refusal);
        Assert.False(await market.Get<IPeriods>().IsClosedAsync(Period, default));
    }

    [Fact]
    public async Task A_month_is_closed_once_and_for_good()
    {
        market.Time.JumpTo(Period.End);
        var closed = await CloseAsync("a");
        Assert.Equal((Period, Period.End, "tester"), (closed.Result.Value.Period, closed.Result.Value.ClosedAt, closed.Result.Value.ClosedBy));
        Assert.True((await CloseAsync("a")).Replayed);
        Assert.Equal(ClosePeriodRefusal.PeriodClosedAlready, (await CloseAsync("b")).Result.Refusal);
        Assert.True(await market.Get<IPeriods>().IsClosedAsync(Period, default));
        Assert.False(await market.Get<IPeriods>().IsClosedAsync(Period.Next, default));
    }

    [Fact]
    public async Task What_is_on_no_invoice_is_accrued_and_taken_back_in_the_next_month()
    {
        market.Time.JumpTo(Period.End);
        world.Use(ConsistentWorld.Id<OrganisationKind>(1), ConsistentWorld.Id<OrganisationKind>(4), UnitPrice.OfMicros(1_000_000, Currency.Usd), 3_600);
        var open = world.Charges.Where(c => c.InvoiceId is null && !(c.Amount + c.Tax).IsZero).ToList();
        var closed = (await CloseAsync("a")).Result.Value;
        await market.RunAsync();
        Assert.Equal(open.Sum(c => (c.Amount + c.Tax).MinorUnits), closed.Accrued.Sum(a => a.Amount.MinorUnits));
        Assert.Equal(Period, Assert.Single(recorded.Closed).Period);
        Assert.Equal(closed.Accrued.Sum(a => a.BuyerCount) * 2, recorded.Entries.Count);
        Assert.NotEmpty(recorded.Entries);
        foreach (var pair in recorded.Entries.GroupBy(e => (e.Reference, e.Currency)))
        {
            Assert.Equal([(EntryReason.Accrual, Period), (EntryReason.AccrualReversed, Period.Next)], pair.Select(e => (e.Reason, BillingPeriod.Containing(e.BookedAt))));
            Assert.All(pair.SelectMany(e => e.Postings).GroupBy(p => p.Account), account => Assert.Equal(0, account.Sum(p => p.Amount.MinorUnits)));
            Assert.All(pair, e => Assert.Equal(0, e.Postings.Sum(p => p.Amount.MinorUnits)));
        }
    }

    [Fact]
    public async Task What_buyers_paid_in_advance_and_did_not_use_by_the_months_end_is_told_by_currency()
    {
        // Of 50.00 that was paid in the month 20.00 is used a second after its end, and two buyers have yuan.
        long before = Unused(Currency.Usd), yuan = Unused(Currency.Cny);
        Book(1, 5_000, Currency.Usd, Period.End - Duration.FromSeconds(1));
        Book(1, -2_000, Currency.Usd, Period.End);
        Book(1, 700, Currency.Cny, Period.Start);
        Book(2, 300, Currency.Cny, Period.Start);
        market.Time.JumpTo(Period.End);
        var closed = (await CloseAsync("a")).Result.Value;
        Assert.Equal(
            new UnusedCreditTotal[] { new(Money.OfMinor(before + 5_000, Currency.Usd), before == 0 ? 1 : 2), new(Money.OfMinor(yuan + 1_000, Currency.Cny), yuan == 0 ? 2 : 3) },
            closed.UnusedCredit);
        Assert.Equal(closed.UnusedCredit, (await market.Get<ReadPeriods>().FindAsync(Period, default))!.UnusedCredit);

        long Unused(Currency currency) => -world.Entries.Where(e => e.Entry.Currency == currency)
            .SelectMany(e => e.Entry.Postings).Where(p => p.Account.Kind == AccountKind.BuyerPrepaid).Sum(p => p.Amount.MinorUnits);

        void Book(int buyer, long minor, Currency currency, Instant at)
        {
            var amount = Money.OfMinor(minor, currency);
            var account = new Account(AccountKind.BuyerPrepaid, ConsistentWorld.Id<OrganisationKind>(buyer));
            world.Entries.Add(new LedgerEntry(
                1_000_000 + world.Entries.Count,
                new RecordEntry(
                    ConsistentWorld.Id<EntryKind>(world.NextId()), currency, EntryReason.Adjustment, "by hand", at,
                    [new Posting(new Account(AccountKind.PaymentClearing, null), amount), new Posting(account, -amount)]),
                at, ""));
        }
    }

    [Fact]
    public async Task Every_buyer_is_accrued_however_many_there_are()
    {
        var provider = ConsistentWorld.Id<OrganisationKind>(4);
        for (var i = 0; i < 2 * RecordAccrualsHandler.AccrualsAtOnce + 5; i++)
            world.Use(ConsistentWorld.Id<OrganisationKind>(500 + i), provider, UnitPrice.OfMicros(1_000_000, Currency.Usd), 3_600);
        market.Time.JumpTo(Period.End);
        var closed = (await CloseAsync("a")).Result.Value;
        await market.RunAsync();
        Assert.True(closed.Accrued.Sum(a => a.BuyerCount) >= 85);
        Assert.Equal(closed.Accrued.Sum(a => a.BuyerCount) * 2, recorded.Entries.Count);
    }

    [Fact]
    public async Task A_month_with_open_differences_is_not_closed_until_each_is_resolved_with_a_reason()
    {
        market.Time.JumpTo(Period.End);
        world.Payments.Add(new ExternalPayment("ch_stray", null, Money.OfMinor(5, Currency.Usd), Money.OfMinor(5, Currency.Usd), Money.Zero(Currency.Usd), Period.Start));
        Assert.Equal(ClosePeriodRefusal.DifferencesOpen, (await CloseAsync("a")).Result.Refusal);
        Assert.False(await market.Get<IPeriods>().IsClosedAsync(Period, default));
        var read = market.Get<ReadReconciliations>();
        var report = Assert.Single(await read.ListAsync(null, 10, default));
        Assert.Equal((1, 1), (report.DifferenceCount, report.OpenCount));
        var difference = Assert.Single(await read.ListDifferencesAsync(report.Id, default));

        Assert.Equal(ResolveDifferenceRefusal.DifferenceUnknown, (await ResolveAsync(report.Id, "dif_none", null, "k1")).Result.Refusal);
        Assert.Equal(ResolveDifferenceRefusal.EntryUnknown, (await ResolveAsync(report.Id, difference.DifferenceId, ConsistentWorld.Id<EntryKind>(9_999), "k2")).Result.Refusal);
        Assert.Equal(ResolveDifferenceRefusal.ReconciliationUnknown, (await ResolveAsync(ConsistentWorld.Id<ReconciliationKind>(1), difference.DifferenceId, null, "k3")).Result.Refusal);
        var entry = world.Entries[0].Entry.EntryId;
        var resolved = (await ResolveAsync(report.Id, difference.DifferenceId, entry, "k4")).Result.Value.Resolution!;
        Assert.Equal(("A test payment of our own", "tester", Period.End, entry), (resolved.Reason, resolved.ResolvedBy, resolved.ResolvedAt, resolved.EntryId!.Value));
        Assert.True((await ResolveAsync(report.Id, difference.DifferenceId, entry, "k4")).Replayed);
        Assert.Equal(ResolveDifferenceRefusal.DifferenceResolvedAlready, (await ResolveAsync(report.Id, difference.DifferenceId, null, "k5")).Result.Refusal);

        var closed = (await CloseAsync("b")).Result.Value;
        Assert.Equal(1, closed.ResolvedCount);
        var later = (await read.FindAsync(closed.Reconciliation, default))!;
        Assert.Equal((1, 0), (later.DifferenceCount, later.OpenCount));
        Assert.Equal(resolved, Assert.Single(await read.ListDifferencesAsync(later.Id, default)).Resolution);
        Assert.Equal([closed.Reconciliation], (await market.Get<ReadPeriods>().ListAsync(default)).Select(c => c.Reconciliation));
    }

    [Fact]
    public async Task Another_amount_of_the_same_record_is_open_again()
    {
        market.Time.JumpTo(Period.End);
        world.Payments.Add(new ExternalPayment("ch_stray", null, Money.OfMinor(5, Currency.Usd), Money.OfMinor(5, Currency.Usd), Money.Zero(Currency.Usd), Period.Start));
        await CloseAsync("a");
        var read = market.Get<ReadReconciliations>();
        var report = Assert.Single(await read.ListAsync(null, 10, default));
        await ResolveAsync(report.Id, (await read.ListDifferencesAsync(report.Id, default))[0].DifferenceId, null, "k");
        world.Payments[^1] = world.Payments[^1] with { Amount = Money.OfMinor(6, Currency.Usd) };
        Assert.Equal(ClosePeriodRefusal.DifferencesOpen, (await CloseAsync("b")).Result.Refusal);
    }

    [Fact]
    public void Use_that_is_rated_after_its_month_was_closed_counts_in_the_month_of_its_correction()
    {
        world.ClosedAt[Period] = Period.End;
        var late = world.Charges.First(c => !c.Amount.IsZero);
        var at = Period.End + Duration.FromHours(3);
        world.Charges[world.Charges.IndexOf(late)] = late with { RatedAt = at };
        var entry = world.Entries.FindIndex(e => e.Entry.EntryId == late.EntryId);
        world.Entries[entry] = world.Entries[entry] with { Entry = world.Entries[entry].Entry with { BookedAt = at }, RecordedAt = at };
        Assert.Empty(Reconciliation.Compare(world.Records).Differences);
        var next = Reconciliation.Compare(world.Records with { Period = Period.Next });
        Assert.Empty(next.Differences);
        Assert.Equal(1, next.Totals.Single(t => t.Figure == StageFigure.Charges).Count);
    }

    [Fact]
    public async Task A_charge_that_was_on_its_way_when_its_month_was_closed_is_listed_as_late()
    {
        market.Time.JumpTo(Period.End);
        Assert.True((await CloseAsync("a")).Result.IsAccepted);
        // Both were rated before the closing, by their clocks, and arrive after it: one in a journal of the month, one in a new one.
        world.Use(ConsistentWorld.Id<OrganisationKind>(1), ConsistentWorld.Id<OrganisationKind>(4), UnitPrice.OfMicros(1_000_000, Currency.Usd), 3_600);
        world.Use(ConsistentWorld.Id<OrganisationKind>(1), ConsistentWorld.Id<OrganisationKind>(4), UnitPrice.OfMicros(1_000_000_000, Currency.Jpy), 3_600);
        Assert.Equal(
            world.Charges.TakeLast(2).Select(c => (DifferenceKind.LateEntry, c.UsageId.ToString())),
            (await ReconcileAsync(Period)).Select(d => (d.Kind, d.Subject)).OrderBy(d => d.Item2, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Use_that_is_rated_months_after_its_month_was_closed_is_missing_in_no_month(int months)
    {
        world.Use(ConsistentWorld.Id<OrganisationKind>(1), ConsistentWorld.Id<OrganisationKind>(4), UnitPrice.OfMicros(1_000_000, Currency.Usd), 3_600);
        var (charge, entry) = (world.Charges[^1], world.Entries[^1]);
        world.Charges.Remove(charge);
        world.Entries.Remove(entry);
        market.Time.JumpTo(Period.End);
        Assert.Equal(ClosePeriodRefusal.DifferencesOpen, (await CloseAsync("a")).Result.Refusal);
        var report = Assert.Single(await market.Get<ReadReconciliations>().ListAsync(null, 10, default));
        var missing = Assert.Single(await market.Get<ReadReconciliations>().ListDifferencesAsync(report.Id, default));
        Assert.Equal((DifferenceKind.MissingCharge, charge.UsageId.ToString()), (missing.Kind, missing.Subject));
        await ResolveAsync(report.Id, missing.DifferenceId, null, "k");
        Assert.True((await CloseAsync("b")).Result.IsAccepted);

        var late = Period;
        for (var i = 0; i < months; i++) late = late.Next;
        var at = late.Start + Duration.FromDays(3);
        world.Charges.Add(charge with { RatedAt = at, IsCorrection = true, ChargePeriod = Period });
        world.Entries.Add(entry with { Entry = entry.Entry with { BookedAt = at }, RecordedAt = at });
        market.Time.JumpTo(late.End);
        for (var month = Period; month.CompareTo(late.Next) < 0; month = month.Next) Assert.Empty(await ReconcileAsync(month));
    }

    private async Task<IReadOnlyList<Difference>> ReconcileAsync(BillingPeriod period)
    {
        var made = await market.Get<RunReconciliation>().RunAsync(period, "tester", IdempotencyKey.Of($"reconcile-{period}"), default);
        return await market.Get<ReadReconciliations>().ListDifferencesAsync(made.Result.Value.Id, default);
    }

    private Task<Attempt<Difference, ResolveDifferenceRefusal>> ResolveAsync(ReconciliationId report, string difference, EntryId? entry, string key) =>
        market.Get<ResolveDifference>().ResolveAsync(report, difference, "A test payment of our own", entry, "tester", IdempotencyKey.Of(key), default);

    private Task<Attempt<ClosedPeriod, ClosePeriodRefusal>> CloseAsync(string key) =>
        market.Get<ClosePeriod>().CloseAsync(Period, "tester", IdempotencyKey.Of(key), CancellationToken.None);

    private sealed class Recorded
    {
        public List<RecordEntry> Entries { get; } = [];

        public List<PeriodClosed> Closed { get; } = [];
    }

    private sealed class Ear(Recorded recorded) : IMessageHandler<RecordEntry>, IMessageHandler<PeriodClosed>
    {
        public Task HandleAsync(RecordEntry message, MessageContext context, CancellationToken cancellationToken)
        {
            if (recorded.Entries.All(e => e.EntryId != message.EntryId)) recorded.Entries.Add(message);
            return Task.CompletedTask;
        }

        public Task HandleAsync(PeriodClosed message, MessageContext context, CancellationToken cancellationToken)
        {
            recorded.Closed.Add(message);
            return Task.CompletedTask;
        }
    }
}
