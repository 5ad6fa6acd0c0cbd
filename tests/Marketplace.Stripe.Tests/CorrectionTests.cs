using Marketplace.Billing.Payments;
using Marketplace.Contracts;
using Marketplace.StripeDouble.Faults;
using NodaTime;
using Stripe;

namespace Marketplace.Stripe.Tests;

/// <summary>Credit notes, refunds, reversals and meter events: once each, whatever goes wrong on the way.</summary>
public class CorrectionTests
{
    public static TheoryData<FaultKind> Faults => [.. Enum.GetValues<FaultKind>()];

    [Fact]
    public async Task A_credit_note_lowers_what_is_due_and_leaves_total_and_lines()
    {
        await using var stripe = await DoubleFixture.Start();
        var (draft, invoice, line) = await FinalWithLine(stripe, 1_000);
        var note = await stripe.Gateway.IssueCreditNoteAsync(Order(draft, invoice, line, 300), stripe.Now, default);
        var after = await stripe.Client.V1.Invoices.GetAsync(invoice);
        Assert.Equal((1_000, 700, 700, "open"), (after.Total, after.AmountDue, after.AmountRemaining, after.Status));
        Assert.Equal(CollectionOutcome.Paid, await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, stripe.Now, default));
        Assert.Equal(Money.OfMinor(700, Currency.Usd), (await stripe.Gateway.GetInvoiceAsync(invoice, default)).Paid);
        Assert.Equal(note, (await stripe.Client.V1.CreditNotes.ListAsync(new CreditNoteListOptions { Invoice = invoice })).Single().Id);
    }

    [Fact]
    public async Task A_credit_note_over_all_that_is_due_settles_the_invoice_and_is_found_again()
    {
        await using var stripe = await DoubleFixture.Start();
        var (draft, invoice, line) = await FinalWithLine(stripe, 1_000);
        var order = Order(draft, invoice, line, 1_000);
        var note = await stripe.Gateway.IssueCreditNoteAsync(order, stripe.Now, default);
        Assert.NotNull(note);
        Assert.Equal(ExternalInvoiceState.Paid, (await stripe.Gateway.GetInvoiceAsync(invoice, default)).State);
        stripe.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(note, await stripe.Gateway.IssueCreditNoteAsync(order, stripe.Now - Duration.FromHours(25), default));
        Assert.Single(await stripe.Client.V1.CreditNotes.ListAsync());
    }

    [Fact]
    public async Task A_paid_invoice_takes_no_credit_note_and_a_line_no_more_than_it_is()
    {
        await using var stripe = await DoubleFixture.Start();
        var (draft, invoice) = await stripe.Draft();
        await stripe.Gateway.AddLineAsync(draft, invoice, stripe.Line(5_000), stripe.Now, default);
        var line = stripe.Line(1_000).UsageId;
        await stripe.Gateway.AddLineAsync(draft, invoice, stripe.Line(1_000) with { UsageId = line }, stripe.Now, default);
        await stripe.Gateway.FinalizeInvoiceAsync(draft.InvoiceId, invoice, stripe.Now, default);
        await stripe.Gateway.IssueCreditNoteAsync(Order(draft, invoice, line, 600), stripe.Now, default);
        await Assert.ThrowsAsync<PaymentServiceException>(() => stripe.Gateway.IssueCreditNoteAsync(Order(draft, invoice, line, 401), stripe.Now, default));
        await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, stripe.Now, default);
        Assert.Null(await stripe.Gateway.IssueCreditNoteAsync(Order(draft, invoice, line, 100), stripe.Now, default));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_retry_after_a_fault_corrects_once(FaultKind kind)
    {
        await using var stripe = await DoubleFixture.Start();
        var impatient = stripe.NewGateway(timeout: TimeSpan.FromMilliseconds(300));
        async Task<T> AfterFault<T>(string path, Func<StripeGateway, Task<T>> call)
        {
            stripe.Server.Faults.Add(new Fault(kind, path, Method: "POST"));
            await Assert.ThrowsAsync<PaymentServiceException>(() => call(impatient));
            var made = await call(stripe.Gateway);
            Assert.Equal(made, await call(stripe.Gateway));
            return made;
        }

        var (draft, invoice, line) = await FinalWithLine(stripe, 1_000);
        var order = Order(draft, invoice, line, 100);
        await AfterFault("/v1/credit_notes", g => g.IssueCreditNoteAsync(order, stripe.Now, default));
        await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, stripe.Now, default);
        var charge = (await stripe.Gateway.GetInvoiceAsync(invoice, default)).ExternalPaymentId!;
        var account = await stripe.Gateway.EnsureConnectedAccountAsync(new PaymentParty(Ids.Organisation(), "P", "p@example.com"), stripe.Now, default);
        var transfer = await stripe.Gateway.TransferAsync(
            new TransferOrder(Ids.Payout(), draft.InvoiceId, account, charge, Money.OfMinor(500, Currency.Usd)), stripe.Now, default);
        await AfterFault("/v1/refunds", g => g.RefundAsync(charge, Money.OfMinor(200, Currency.Usd), "rfd_1", stripe.Now, default));
        await AfterFault("/reversals", g => g.ReverseTransferAsync(transfer!, Money.OfMinor(150, Currency.Usd), "rev_1", stripe.Now, default));
        var metered = new Billing.Payments.MeterEvent(Ids.Usage(), draft.ExternalCustomerId, GpuTime.OfGpuSeconds(3_600), stripe.Now);
        await AfterFault("/v1/billing/meter_events", async g =>
        {
            await g.ReportMeterEventAsync(metered, stripe.Now, default);
            return 1;
        });

        Assert.Equal(100, (await stripe.Client.V1.CreditNotes.ListAsync()).Single().Total);
        Assert.Equal(200, (await stripe.Client.V1.Charges.GetAsync(charge)).AmountRefunded);
        Assert.Equal(150, (await stripe.Client.V1.Transfers.GetAsync(transfer)).AmountReversed);
        Assert.Equal(3_600, stripe.Server.MeteredValue(draft.ExternalCustomerId, "gpu_seconds"));
    }

    [Fact]
    public async Task What_was_corrected_a_day_ago_is_looked_up_instead_of_repeated()
    {
        await using var stripe = await DoubleFixture.Start();
        var tried = stripe.Now;
        var (draft, invoice, line) = await FinalWithLine(stripe, 1_000);
        var order = Order(draft, invoice, line, 100);
        var note = await stripe.Gateway.IssueCreditNoteAsync(order, tried, default);
        await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, tried, default);
        var charge = (await stripe.Gateway.GetInvoiceAsync(invoice, default)).ExternalPaymentId!;
        var account = await stripe.Gateway.EnsureConnectedAccountAsync(new PaymentParty(Ids.Organisation(), "P", "p@example.com"), tried, default);
        var transfer = await stripe.Gateway.TransferAsync(
            new TransferOrder(Ids.Payout(), draft.InvoiceId, account, charge, Money.OfMinor(500, Currency.Usd)), tried, default);
        var refund = await stripe.Gateway.RefundAsync(charge, Money.OfMinor(200, Currency.Usd), "rfd_1", tried, default);
        var reversal = await stripe.Gateway.ReverseTransferAsync(transfer!, Money.OfMinor(150, Currency.Usd), "rev_1", tried, default);
        var metered = new Billing.Payments.MeterEvent(Ids.Usage(), draft.ExternalCustomerId, GpuTime.OfGpuSeconds(60), tried);
        await stripe.Gateway.ReportMeterEventAsync(metered, tried, default);

        stripe.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(note, await stripe.Gateway.IssueCreditNoteAsync(order, tried, default));
        Assert.Equal(refund, await stripe.Gateway.RefundAsync(charge, Money.OfMinor(200, Currency.Usd), "rfd_1", tried, default));
        Assert.Equal(reversal, await stripe.Gateway.ReverseTransferAsync(transfer!, Money.OfMinor(150, Currency.Usd), "rev_1", tried, default));
        await stripe.Gateway.ReportMeterEventAsync(metered, tried, default);
        Assert.Equal(200, (await stripe.Client.V1.Charges.GetAsync(charge)).AmountRefunded);
        Assert.Equal(150, (await stripe.Client.V1.Transfers.GetAsync(transfer)).AmountReversed);
        Assert.Equal(60, stripe.Server.MeteredValue(draft.ExternalCustomerId, "gpu_seconds"));
    }

    [Fact]
    public async Task Corrections_and_bank_payouts_are_listed_with_our_ids()
    {
        await using var stripe = await DoubleFixture.Start();
        var start = stripe.Now;
        var (draft, invoice, line) = await FinalWithLine(stripe, 1_000);
        var order = Order(draft, invoice, line, 100);
        await stripe.Gateway.IssueCreditNoteAsync(order, start, default);
        await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, start, default);
        var charge = (await stripe.Gateway.GetInvoiceAsync(invoice, default)).ExternalPaymentId!;
        var account = await stripe.Gateway.EnsureConnectedAccountAsync(new PaymentParty(Ids.Organisation(), "P", "p@example.com"), start, default);
        var transfer = await stripe.Gateway.TransferAsync(
            new TransferOrder(Ids.Payout(), draft.InvoiceId, account, charge, Money.OfMinor(500, Currency.Usd)), start, default);
        await stripe.Gateway.RefundAsync(charge, Money.OfMinor(200, Currency.Usd), "rfd_1", start, default);
        await stripe.Gateway.ReverseTransferAsync(transfer!, Money.OfMinor(150, Currency.Usd), "rev_1", start, default);
        var interval = new Interval(start, start + Duration.FromSeconds(1));
        Assert.Equal(
            [(CorrectionKind.CreditNote, order.CreditNoteId.ToString(), 100L), (CorrectionKind.Refund, "rfd_1", 200), (CorrectionKind.TransferReversal, "rev_1", 150)],
            (await stripe.Gateway.ListCorrectionsAsync(interval, default).ToListAsync()).Select(c => (c.Kind, c.Reference!, c.Amount.MinorUnits)));
        Assert.Equal(500, (await stripe.Gateway.ListTransfersAsync(interval, default).SingleAsync()).Amount.MinorUnits);

        stripe.Clock.Advance(TimeSpan.FromDays(2));
        await stripe.Client.V1.Payouts.CreateAsync(new PayoutCreateOptions { Amount = 350, Currency = "usd" });
        var paidOut = await stripe.Gateway.ListBankPayoutsAsync(new Interval(stripe.Now, null), default).SingleAsync();
        Assert.Equal((350L, 350L), (paidOut.Amount.MinorUnits, paidOut.Settled!.Value.MinorUnits));
    }

    [Fact]
    public async Task What_is_there_in_a_currency_that_we_do_not_know_is_listed_as_foreign_and_stops_no_list()
    {
        await using var stripe = await DoubleFixture.Start();
        var start = stripe.Now;
        var customer = await stripe.Client.V1.Customers.CreateAsync(new CustomerCreateOptions { Name = "Somebody" });
        async Task<Invoice> Invoice(bool isFinal)
        {
            var invoice = await stripe.Client.V1.Invoices.CreateAsync(new InvoiceCreateOptions { Customer = customer.Id, Currency = "eur", AutoAdvance = false });
            await stripe.Client.V1.InvoiceItems.CreateAsync(new InvoiceItemCreateOptions { Customer = customer.Id, Invoice = invoice.Id, Amount = 1_000, Currency = "eur" });
            return isFinal ? await stripe.Client.V1.Invoices.FinalizeInvoiceAsync(invoice.Id) : invoice;
        }

        var credited = await Invoice(isFinal: true);
        var line = (await stripe.Client.V1.Invoices.GetAsync(credited.Id)).Lines.Data[0].Id;
        await stripe.Client.V1.CreditNotes.CreateAsync(new CreditNoteCreateOptions
        {
            Invoice = credited.Id, Lines = [new CreditNoteLineOptions { Type = "invoice_line_item", InvoiceLineItem = line, Amount = 100 }],
        });
        var record = await stripe.Client.V1.PaymentRecords.ReportPaymentAsync(new PaymentRecordReportPaymentOptions
        {
            AmountRequested = new PaymentRecordAmountRequestedOptions { Value = 300, Currency = "eur" },
            CustomerDetails = new PaymentRecordCustomerDetailsOptions { Customer = customer.Id },
            InitiatedAt = start.ToDateTimeUtc(),
            Outcome = "guaranteed",
            Guaranteed = new PaymentRecordGuaranteedOptions { GuaranteedAt = start.ToDateTimeUtc() },
            PaymentMethodDetails = new PaymentRecordPaymentMethodDetailsOptions
            {
                Type = "custom", Custom = new PaymentRecordPaymentMethodDetailsCustomOptions { DisplayName = "Cheque" },
            },
        });
        await stripe.Client.V1.Invoices.AttachPaymentAsync(credited.Id, new InvoiceAttachPaymentOptions { PaymentRecord = record.Id });
        var intent = await stripe.Client.V1.PaymentIntents.CreateAsync(new PaymentIntentCreateOptions { Amount = 5_000, Currency = "eur", Customer = customer.Id });
        intent = await stripe.Client.V1.PaymentIntents.ConfirmAsync(intent.Id, new PaymentIntentConfirmOptions { PaymentMethod = "pm_card_visa" });
        await stripe.Client.V1.Refunds.CreateAsync(new RefundCreateOptions { Charge = intent.LatestChargeId, Amount = 70 });
        var account = await stripe.Gateway.EnsureConnectedAccountAsync(new PaymentParty(Ids.Organisation(), "P", "p@example.com"), start, default);
        var transfer = await stripe.Client.V1.Transfers.CreateAsync(new TransferCreateOptions { Amount = 900, Currency = "eur", Destination = account, SourceTransaction = intent.LatestChargeId });
        await stripe.Client.V1.Transfers.Reversals.CreateAsync(transfer.Id, new TransferReversalCreateOptions { Amount = 80 });
        var (draft, ours) = await stripe.Final(1_000);
        await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, ours, 1, start, default);
        stripe.Clock.Advance(TimeSpan.FromDays(8));
        await stripe.Client.V1.Payouts.CreateAsync(new PayoutCreateOptions { Amount = 60, Currency = "eur" });

        var interval = new Interval(start, null);
        Assert.Equal(["USD", "XXX"], (await stripe.Gateway.ListInvoiceLinesAsync(interval, default).Select(l => l.Amount.Currency.Code).ToListAsync()).Order());
        Assert.Equal([(Currency.Usd, 1_000), (Currency.Foreign, 5_000)], (await stripe.Gateway.ListPaymentsAsync(interval, default).ToListAsync()).Select(p => (p.Amount.Currency, p.Amount.MinorUnits)).OrderBy(p => p.MinorUnits));
        Assert.Equal((Currency.Foreign, 900), await stripe.Gateway.ListTransfersAsync(interval, default).Select(t => (t.Amount.Currency, t.Amount.MinorUnits)).SingleAsync());
        Assert.Equal(
            [(CorrectionKind.CreditNote, Currency.Foreign, 100L), (CorrectionKind.Refund, Currency.Foreign, 70), (CorrectionKind.TransferReversal, Currency.Foreign, 80)],
            (await stripe.Gateway.ListCorrectionsAsync(interval, default).ToListAsync()).Select(c => (c.Kind, c.Amount.Currency, c.Amount.MinorUnits)));
        Assert.Equal((Currency.Foreign, 60), await stripe.Gateway.ListBankPayoutsAsync(interval, default).Select(p => (p.Amount.Currency, p.Amount.MinorUnits)).SingleAsync());
        Assert.Equal((Currency.Foreign, 300), await stripe.Gateway.ListPrepaidUsesAsync(interval, default).Select(u => (u.Amount.Currency, u.Amount.MinorUnits)).SingleAsync());
    }

    [Fact]
    public async Task A_reversal_out_of_an_empty_account_says_that_the_provider_owes_it()
    {
        await using var stripe = await DoubleFixture.Start();
        var account = await stripe.Gateway.EnsureConnectedAccountAsync(new PaymentParty(Ids.Organisation(), "P", "p@example.com"), stripe.Now, default);
        var (draft, invoice) = await stripe.Final(1_000);
        await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, stripe.Now, default);
        var charge = (await stripe.Gateway.GetInvoiceAsync(invoice, default)).ExternalPaymentId!;
        var transfer = await stripe.Gateway.TransferAsync(
            new TransferOrder(Ids.Payout(), draft.InvoiceId, account, charge, Money.OfMinor(900, Currency.Usd)), stripe.Now, default);
        Assert.True(stripe.Server.PayOutAccount(account, "usd", 800));
        Assert.Null(await stripe.Gateway.ReverseTransferAsync(transfer!, Money.OfMinor(101, Currency.Usd), "rev_1", stripe.Now, default));
        Assert.NotNull(await stripe.Gateway.ReverseTransferAsync(transfer!, Money.OfMinor(100, Currency.Usd), "rev_2", stripe.Now, default));
        Assert.False(stripe.Server.PayOutAccount("acct_none", "usd", 1));
    }

    [Fact]
    public async Task A_usage_record_that_Stripe_metered_under_another_key_counts_once()
    {
        await using var stripe = await DoubleFixture.Start();
        var (draft, _) = await stripe.Draft();
        var metered = new Billing.Payments.MeterEvent(Ids.Usage(), draft.ExternalCustomerId, GpuTime.OfGpuSeconds(60), stripe.Now);
        await stripe.Client.V1.Billing.MeterEvents.CreateAsync(new global::Stripe.Billing.MeterEventCreateOptions
        {
            EventName = "gpu_seconds",
            Identifier = metered.UsageId.ToString(),
            Payload = new() { ["stripe_customer_id"] = draft.ExternalCustomerId, ["value"] = "60" },
        });
        stripe.Clock.Advance(TimeSpan.FromHours(1));
        await stripe.Gateway.ReportMeterEventAsync(metered, stripe.Now, default);
        Assert.Equal(60, stripe.Server.MeteredValue(draft.ExternalCustomerId, "gpu_seconds"));
    }

    [Theory]
    [InlineData(-35 * 24 * 3600 - 1)]
    [InlineData(301)]
    public async Task A_meter_event_too_old_or_ahead_is_refused(int ageSeconds)
    {
        await using var stripe = await DoubleFixture.Start();
        var (draft, _) = await stripe.Draft();
        var metered = new Billing.Payments.MeterEvent(Ids.Usage(), draft.ExternalCustomerId, GpuTime.OfGpuSeconds(60), stripe.Now + Duration.FromSeconds(ageSeconds));
        await Assert.ThrowsAsync<PaymentServiceException>(() => stripe.Gateway.ReportMeterEventAsync(metered, stripe.Now, default));
        Assert.Equal(0, stripe.Server.MeteredValue(draft.ExternalCustomerId, "gpu_seconds"));
    }

    private static async Task<(InvoiceDraft Draft, string Invoice, UsageId Line)> FinalWithLine(DoubleFixture stripe, long cents)
    {
        var (draft, invoice) = await stripe.Draft();
        var line = stripe.Line(cents);
        await stripe.Gateway.AddLineAsync(draft, invoice, line, stripe.Now, default);
        await stripe.Gateway.FinalizeInvoiceAsync(draft.InvoiceId, invoice, stripe.Now, default);
        return (draft, invoice, line.UsageId);
    }

    private static CreditNoteOrder Order(InvoiceDraft draft, string invoice, UsageId line, long cents) => new(
        Ids.CreditNote(), draft.InvoiceId, invoice, [new CreditNoteOrderLine(line, Money.OfMinor(cents, Currency.Usd))], "Hours that were not delivered");
}
