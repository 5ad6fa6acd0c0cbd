using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Lists;
using Marketplace.Billing.Prepaid;
using Marketplace.Billing.StartRun;
using Marketplace.Contracts;
using Marketplace.Finance;
using Marketplace.Metering;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Simulation.Tests.Histories;

/// <summary>Money that moves months after what it is for, or is more than what is left to pay: reconciliation finds nothing wrong in any month.</summary>
public sealed class LatePaymentTests : IAsyncDisposable
{
    private static readonly BillingPeriod First = BillingPeriod.Containing(Instant.FromUtc(2026, 11, 15, 0, 0));
    private readonly MoneyWorld world = new(seed: 1, faultRate: 0);
    private OrganisationId buyer;
    private OrganisationId provider;

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Credit_is_used_and_shares_are_paid_out_months_after_the_top_up_and_the_invoice(int months)
    {
        await BeginAsync();
        await TopUpAsync(1_000);
        world.Payments.Declining.Add(buyer);
        await UseAsync();
        await world.PassUntilAsync(First.Next.Start + Duration.FromDays(2));
        var invoice = await InvoiceAsync();
        Assert.Equal((1_000, 1_100), (invoice.Prepaid().MinorUnits, invoice.Collectable().MinorUnits));

        // A part of the rest is paid in advance too, and the last by the card.
        await world.PassUntilAsync(Later(months).Start + Duration.FromDays(3));
        world.Payments.Declining.Clear();
        await TopUpAsync(700 + 300);
        await world.PassUntilAsync(Later(months).Start + Duration.FromDays(9));
        invoice = await InvoiceAsync();
        Assert.Equal((InvoiceState.Paid, 2, 100), (invoice.State, invoice.PrepaidUses!.Count, invoice.Collectable().MinorUnits));
        Assert.Single(world.Payments.Transfers);
        await AllAgreeAsync(Later(months));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_invoice_is_collected_and_a_part_is_refunded_to_credit_months_after_it_was_final(int months)
    {
        await BeginAsync();
        world.Payments.Declining.Add(buyer);
        await UseAsync();
        await world.PassUntilAsync(Later(months).Start + Duration.FromDays(3));
        world.Payments.Declining.Clear();
        var invoice = await InvoiceAsync();
        Assert.True(invoice.IsUnpaid());
        await world.Payments.PayInvoiceAsync(invoice.InvoiceId, invoice.ExternalId!, 99, world.Now, default);
        await world.Market.SendAsync(new Billing.CollectInvoice.CheckInvoice(buyer, invoice.InvoiceId, 1));
        await world.PassUntilAsync(Later(months).Start + Duration.FromDays(9));
        Assert.Equal(InvoiceState.Paid, (await InvoiceAsync()).State);
        await AllAgreeAsync(Later(months));

        await world.PassUntilAsync(Later(months + 2).Start + Duration.FromDays(2));
        Assert.True((await world.Market.Get<CreditInvoiceHandler>().RefundAsync(
            invoice.InvoiceId, [new LineCredit(invoice.Lines[0].UsageId, Money.OfMinor(500, Currency.Usd))], "late", world.NextKey(), default)).Result.IsAccepted);
        await world.PassUntilAsync(Later(months + 2).Start + Duration.FromDays(9));
        await AllAgreeAsync(Later(months + 2));
    }

    [Fact]
    public async Task A_payment_of_months_later_for_another_amount_is_still_a_difference_of_its_own_month()
    {
        await BeginAsync();
        world.Payments.Declining.Add(buyer);
        await UseAsync();
        await world.PassUntilAsync(Later(3).Start + Duration.FromDays(3));
        world.Payments.Declining.Clear();
        await TopUpAsync(1_000);
        await world.PassUntilAsync(Later(3).Start + Duration.FromDays(9));
        await AllAgreeAsync(Later(3));
        world.Tampering.Payments = payment => payment.InvoiceId is null ? [payment] : [payment with { Amount = payment.Amount + Money.OfMinor(1, Currency.Usd) }];
        foreach (var month in Months(Later(3)))
            Assert.Equal(month == Later(3) ? [DifferenceKind.PaymentAmountDiffers] : [], (await DifferencesAsync(month)).Select(d => d.Kind));
    }

    [Fact]
    public async Task A_reversal_of_months_later_that_is_not_in_the_ledger_is_a_difference_of_its_own_month()
    {
        await BeginAsync();
        await UseAsync();
        await world.PassUntilAsync(First.Next.Start + Duration.FromDays(9));
        var invoice = await InvoiceAsync();
        await world.PassUntilAsync(Later(3).Start + Duration.FromDays(3));
        Assert.True((await world.Market.Get<CreditInvoiceHandler>().RefundAsync(invoice.InvoiceId, null, "late", world.NextKey(), default)).Result.IsAccepted);
        await world.PassUntilAsync(Later(3).Start + Duration.FromDays(9));
        await AllAgreeAsync(Later(3));
        world.Tampering.Entries = entry => entry.Entry.Reason == EntryReason.TransferReversed ? [] : [entry];
        foreach (var month in Months(Later(3)))
            Assert.Equal(month == Later(3) ? [DifferenceKind.MissingEntry] : [], (await DifferencesAsync(month)).Select(d => d.Kind));
    }

    [Fact]
    public async Task A_shortfall_over_more_than_is_left_to_pay_leaves_nothing_to_explain()
    {
        await BeginAsync();
        await TopUpAsync(1_000);
        world.Payments.Declining.Add(buyer);
        var lease = await UseAsync();
        await world.PassUntilAsync(First.Next.Start + Duration.FromDays(2));
        await world.Market.SendAsync(new CreditShortfall(lease.LeaseId, buyer, lease.Window.Start, lease.Window.End, 8_000, "proved less"));
        await world.PassUntilAsync(First.Next.Start + Duration.FromDays(9));
        var invoice = await InvoiceAsync();
        Assert.Equal((InvoiceState.Paid, 1_100, 580, 580), (invoice.State, invoice.Credited.MinorUnits, invoice.Refunded.MinorUnits, invoice.RefundedToPrepaid.MinorUnits));
        await AllAgreeAsync(First.Next);
    }

    private async Task BeginAsync()
    {
        await world.Market.RunUntilAsync(First.Start + Duration.FromDays(20));
        buyer = await RegisterAsync(provides: false);
        provider = await RegisterAsync(provides: true);
    }

    private async Task<OrganisationId> RegisterAsync(bool provides)
    {
        var id = world.Ids.Next<OrganisationKind>();
        await world.Market.SendAsync(new OrganisationRegistered(id, "Organisation", "o@example.com", provides, !provides, null));
        await world.Market.RunAsync();
        return id;
    }

    private async Task TopUpAsync(long minor)
    {
        Assert.True((await world.Market.Get<StartTopUp>().ExecuteAsync(buyer, Money.OfMinor(minor, Currency.Usd), world.NextKey(), default)).Result.IsAccepted);
        await world.Market.RunAsync();
    }

    /// <summary>A lease of ten GPU-hours at 2.10: 21.00 without tax.</summary>
    private async Task<LeaseReady> UseAsync()
    {
        var window = HourWindow.Starting(HourSlot.Containing(world.Now) + 1, 5);
        Assert.True(UnitPrice.TryParse("2.10", Currency.Usd, out var price));
        var ready = new LeaseReady(world.Ids.Next<LeaseKind>(), buyer, provider, MoneyWorld.Machine, 2, window, price, window.Start);
        await world.PassUntilAsync(window.Start);
        await world.Market.SendAsync(ready);
        await world.PassUntilAsync(window.End);
        SignedReading[] readings = [new(1, InstantPattern.General.Format(window.Start), InstantPattern.General.Format(window.End), 10 * 3_600, "serving")];
        var signature = MoneyWorld.Sign(ReadingBatchFormat.ToBytes(ready.LeaseId, MoneyWorld.MachineKey, ReadingBatchFormat.NoBatch, readings));
        var command = new SubmitReadingsCommand(ready.LeaseId, MoneyWorld.MachineKey, ReadingBatchFormat.NoBatch, readings, signature);
        Assert.True((await world.Market.Get<SubmitReadings>().SubmitAsync(MoneyWorld.Machine, command, world.NextKey(), default)).Result.IsAccepted);
        await world.Market.SendAsync(new LeaseStopped(ready.LeaseId, LeaseEnding.Completed, window.End, null));
        await world.PassUntilAsync(window.End + Duration.FromHours(1));
        return ready;
    }

    private async Task<Invoice> InvoiceAsync() => Assert.Single((await world.Market.Get<BillingReads>().ListInvoicesAsync(null, 10, null, default)).Items);

    private async Task AllAgreeAsync(BillingPeriod last)
    {
        Assert.Empty(world.Market.Messages.DeadLetters);
        foreach (var month in Months(last.Next)) Assert.Empty(await DifferencesAsync(month));
    }

    private async Task<IReadOnlyList<Difference>> DifferencesAsync(BillingPeriod month)
    {
        var made = await world.Market.Get<RunReconciliation>().RunAsync(month, "tester", world.NextKey(), default);
        return made.Result.IsAccepted ? await world.Market.Get<ReadReconciliations>().ListDifferencesAsync(made.Result.Value.Id, default) : [];
    }

    private static IEnumerable<BillingPeriod> Months(BillingPeriod last)
    {
        for (var month = First; month.CompareTo(last) <= 0; month = month.Next) yield return month;
    }

    private static BillingPeriod Later(int months) => Enumerable.Range(0, months + 1).Aggregate(First, (month, _) => month.Next);
}
