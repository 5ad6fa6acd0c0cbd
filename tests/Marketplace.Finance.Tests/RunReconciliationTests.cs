using CsCheck;
using Marketplace.Contracts;
using Marketplace.Runtime.Work;
using Marketplace.Testing.Simulation;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Finance.Tests;

public sealed class RunReconciliationTests : IAsyncDisposable
{
    private readonly ConsistentWorld world;
    private readonly SimulatedMarketplace market;

    public RunReconciliationTests()
    {
        world = ConsistentWorld.Gen.Single();
        market = new SimulatedMarketplace(services =>
        {
            services.AddFinance();
            WorldRecords.Register(services, world);
        });
        market.Time.JumpTo(ConsistentWorld.Period.End);
    }

    public ValueTask DisposeAsync() => market.DisposeAsync();

    [Fact]
    public async Task A_report_is_kept_and_lists_every_difference()
    {
        var usage = world.Usage.Count;
        world.Charges.Clear();
        var id = (await RunAsync("a")).Result.Value.Id;
        var report = await market.Get<ReadReconciliations>().FindAsync(id, default);
        Assert.Equal((ConsistentWorld.Period, true), (report!.Period, report.IsPeriodOver));
        Assert.Equal(usage, report.CountsByKind[DifferenceKind.MissingCharge]);
        Assert.Equal(report.DifferenceCount, (await market.Get<ReadReconciliations>().ListDifferencesAsync(id, default)).Count);
    }

    [Fact]
    public async Task A_report_with_more_differences_than_one_commit_holds_is_whole()
    {
        foreach (var i in Enumerable.Range(0, 6_000))
        {
            world.Payments.Add(new ExternalPayment($"ch_stray_{i}", null, Money.OfMinor(1, Currency.Usd), Money.OfMinor(1, Currency.Usd), Money.Zero(Currency.Usd), ConsistentWorld.Period.Start));
        }

        var id = (await RunAsync("a")).Result.Value.Id;
        var differences = await market.Get<ReadReconciliations>().ListDifferencesAsync(id, default);
        Assert.Equal(6_000, differences.Count(d => d.Kind == DifferenceKind.UnmatchedPayment));
    }

    [Fact]
    public async Task A_repeated_request_gives_the_first_report_and_reports_are_listed_newest_first()
    {
        var first = await RunAsync("a");
        var repeated = await RunAsync("a");
        var second = await RunAsync("b");
        Assert.True(repeated.Replayed);
        Assert.Equal(first.Result.Value, repeated.Result.Value);
        var read = market.Get<ReadReconciliations>();
        Assert.Equal([second.Result.Value.Id, first.Result.Value.Id], (await read.ListAsync(null, 10, default)).Select(r => r.Id));
        Assert.Equal([first.Result.Value.Id], (await read.ListAsync(second.Result.Value.Id, 10, default)).Select(r => r.Id));
    }

    [Fact]
    public async Task A_month_that_has_not_begun_is_refused()
    {
        market.Time.JumpTo(ConsistentWorld.Period.Start - Duration.FromSeconds(1));
        Assert.Equal(RunReconciliationRefusal.PeriodNotBegun, (await RunAsync("a")).Result.Refusal);
    }

    [Fact]
    public void Csv_quotes_and_never_starts_a_formula()
    {
        var amount = Money.OfMinor(-1234, Currency.Usd);
        var csv = DifferenceCsv.Write([new Difference(DifferenceKind.UnknownTransfer, "=cmd()", null, new(RecordStage.Transfer, "a,\"b\"\n", amount))]).Split("\r\n");
        Assert.Equal("kind,subject,expectedStage,expectedId,expectedAmount,expectedCurrency,foundStage,foundId,foundAmount,foundCurrency,suggestedAction,differenceId,resolvedBy,resolvedAt,reason,entryId", csv[0]);
        Assert.StartsWith("UnknownTransfer,'=cmd(),,,,,Transfer,\"a,\"\"b\"\"\n\",-12.34,USD,", csv[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_in_a_currency_that_we_do_not_know_is_a_difference_each_and_the_rest_is_reconciled()
    {
        var foreign = Money.OfMinor(5_000, Currency.Foreign);
        var at = ConsistentWorld.Period.Start;
        world.Payments.Add(new ExternalPayment("ch_eur", null, foreign, foreign, Money.Zero(Currency.Foreign), at));
        world.Transfers.Add(new ExternalTransfer("tr_eur", null, foreign, at));
        world.Corrections.Add(new ExternalCorrection(CorrectionKind.CreditNote, "cn_eur", null, foreign, at));
        world.ExternalPrepaidUses.Add(new ExternalPrepaidUse("pr_eur", null, foreign, at));
        world.Lines.Add(new ExternalInvoiceLine("in_eur", "il_eur", null, null, foreign, false, at));
        world.BankPayouts.Add(new ExternalBankPayout("po_eur", foreign, foreign + foreign, at));
        var invoiced = world.Lines.FindIndex(l => l.UsageId is not null && !l.Amount.IsZero);
        if (invoiced >= 0) world.Lines[invoiced] = world.Lines[invoiced] with { Amount = Money.OfMinor(world.Lines[invoiced].Amount.MinorUnits, Currency.Foreign) };
        var read = market.Get<ReadReconciliations>();
        var id = (await RunAsync("a")).Result.Value.Id;
        List<DifferenceKind> expected =
        [
            DifferenceKind.UnmatchedPayment, DifferenceKind.UnknownTransfer, DifferenceKind.UnknownCorrection, DifferenceKind.UnknownPrepaidUse,
            DifferenceKind.UnknownLine, DifferenceKind.BankPayoutDiffers,
        ];
        if (invoiced >= 0) expected.Add(DifferenceKind.CurrencyDiffers);
        var differences = await read.ListDifferencesAsync(id, default);
        Assert.Equal(expected.Order(), differences.Select(d => d.Kind).Order());
        Assert.All(differences, d => Assert.Equal(Currency.Foreign, d.Found!.Amount.Currency));
        Assert.Contains((await read.FindAsync(id, default))!.Totals, t => t.Figure == StageFigure.Payments && t.Amount == foreign);
    }

    private Task<Attempt<ReconciliationMade, RunReconciliationRefusal>> RunAsync(string key) =>
        market.Get<RunReconciliation>().RunAsync(ConsistentWorld.Period, "tester", IdempotencyKey.Of(key), CancellationToken.None);
}
