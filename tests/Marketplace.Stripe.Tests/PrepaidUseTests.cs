using Marketplace.Billing.Payments;
using Marketplace.StripeDouble.Faults;
using NodaTime;
using Stripe;

namespace Marketplace.Stripe.Tests;

/// <summary>What was paid in advance pays invoices at Stripe, and transfers of such invoices draw on the balance.</summary>
public class PrepaidUseTests
{
    [Fact]
    public async Task A_part_that_is_paid_in_advance_is_not_collected_and_the_invoice_keeps_its_total()
    {
        await using var stripe = await DoubleFixture.Start();
        var (draft, invoice) = await stripe.Final(1_000);
        var order = Use(stripe, draft, invoice, 300);
        var tried = stripe.Now;
        var record = await stripe.Gateway.RecordPrepaidUseAsync(order, tried, default);
        Assert.Equal(record, await stripe.Gateway.RecordPrepaidUseAsync(order, tried, default));
        stripe.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(record, await stripe.Gateway.RecordPrepaidUseAsync(order, tried, default));
        Assert.Equal((700, 300), ((await stripe.Client.V1.Invoices.GetAsync(invoice)).AmountRemaining, (await stripe.Client.V1.Invoices.GetAsync(invoice)).AmountPaid));

        Assert.Equal(CollectionOutcome.Paid, await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, stripe.Now, default));
        var paid = await stripe.Gateway.GetInvoiceAsync(invoice, default);
        Assert.Equal((ExternalInvoiceState.Paid, 1_000, 1_000, 300), (paid.State, paid.Total.MinorUnits, paid.Paid.MinorUnits, paid.Prepaid.MinorUnits));
        Assert.Equal(700, (await stripe.Client.V1.Charges.GetAsync(paid.ExternalPaymentId)).Amount);
        var interval = new Interval(tried, stripe.Now + Duration.FromSeconds(1));
        Assert.Equal((record, order.Reference, 300), (await stripe.Gateway.ListPrepaidUsesAsync(interval, default)
            .Select(u => (u.ExternalId, u.Reference, u.Amount.MinorUnits)).SingleAsync()));
        Assert.Equal((draft.InvoiceId, 700), (await stripe.Gateway.ListPaymentsAsync(interval, default).Select(p => (p.InvoiceId!.Value, p.Amount.MinorUnits)).SingleAsync()));
    }

    [Fact]
    public async Task An_invoice_that_is_all_paid_in_advance_is_paid_without_a_charge()
    {
        await using var stripe = await DoubleFixture.Start();
        var (draft, invoice) = await stripe.Final(1_000);
        await stripe.Gateway.RecordPrepaidUseAsync(Use(stripe, draft, invoice, 400), stripe.Now, default);
        await stripe.Gateway.RecordPrepaidUseAsync(Use(stripe, draft, invoice, 600, part: 2), stripe.Now, default);
        var paid = await stripe.Gateway.GetInvoiceAsync(invoice, default);
        Assert.Equal((ExternalInvoiceState.Paid, 1_000, 1_000, null), (paid.State, paid.Paid.MinorUnits, paid.Prepaid.MinorUnits, paid.ExternalPaymentId));
        Assert.Empty(await stripe.Client.V1.Charges.ListAsync());
        Assert.True(await stripe.Gateway.ListInvoiceLinesAsync(new Interval(stripe.Now, null), default).AllAsync(line => line.IsPaid));
    }

    [Fact]
    public async Task A_credit_note_over_the_rest_makes_an_invoice_paid_by_what_was_paid_in_advance()
    {
        await using var stripe = await DoubleFixture.Start();
        var (draft, invoice) = await stripe.Draft();
        var line = stripe.Line(1_000);
        await stripe.Gateway.AddLineAsync(draft, invoice, line, stripe.Now, default);
        await stripe.Gateway.FinalizeInvoiceAsync(draft.InvoiceId, invoice, stripe.Now, default);
        await stripe.Gateway.RecordPrepaidUseAsync(Use(stripe, draft, invoice, 300), stripe.Now, default);
        CreditNoteOrder Note(long cents) => new(
            Ids.CreditNote(), draft.InvoiceId, invoice, [new CreditNoteOrderLine(line.UsageId, Money.OfMinor(cents, Currency.Usd))], "because");
        await Assert.ThrowsAsync<PaymentServiceException>(() => stripe.Gateway.IssueCreditNoteAsync(Note(701), stripe.Now, default));
        Assert.NotNull(await stripe.Gateway.IssueCreditNoteAsync(Note(700), stripe.Now, default));
        var paid = await stripe.Gateway.GetInvoiceAsync(invoice, default);
        Assert.Equal((ExternalInvoiceState.Paid, 300, 300, null), (paid.State, paid.Paid.MinorUnits, paid.Prepaid.MinorUnits, paid.ExternalPaymentId));
    }

    [Fact]
    public async Task What_was_paid_in_full_before_takes_nothing_and_no_more_than_remains_is_taken()
    {
        await using var stripe = await DoubleFixture.Start();
        var (draft, invoice) = await stripe.Final(1_000);
        await Assert.ThrowsAsync<PaymentServiceException>(() => stripe.Gateway.RecordPrepaidUseAsync(Use(stripe, draft, invoice, 1_001), stripe.Now, default));
        await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, stripe.Now, default);
        Assert.Null(await stripe.Gateway.RecordPrepaidUseAsync(Use(stripe, draft, invoice, 300, part: 2), stripe.Now, default));
        var paid = await stripe.Gateway.GetInvoiceAsync(invoice, default);
        Assert.Equal((1_000, 0), (paid.Paid.MinorUnits, paid.Prepaid.MinorUnits));

        // A record is attached once, and only to an invoice of its customer.
        var (other, another) = await stripe.Final(1_000);
        var record = await stripe.Gateway.RecordPrepaidUseAsync(Use(stripe, other, another, 100), stripe.Now, default);
        await Assert.ThrowsAsync<StripeException>(() => stripe.Client.V1.Invoices.AttachPaymentAsync(another, new InvoiceAttachPaymentOptions { PaymentRecord = record }));
        await Assert.ThrowsAsync<StripeException>(() => stripe.Client.V1.Invoices.VoidInvoiceAsync(another));
        var (strange, third) = await stripe.Final(1_000);
        await Assert.ThrowsAsync<PaymentServiceException>(() => stripe.Gateway.RecordPrepaidUseAsync(
            Use(stripe, strange, third, 100) with { ExternalCustomerId = draft.ExternalCustomerId }, stripe.Now, default));
    }

    [Theory]
    [InlineData(FaultKind.ServerError)]
    [InlineData(FaultKind.KeptServerError)]
    [InlineData(FaultKind.TooManyRequests)]
    [InlineData(FaultKind.ResetBeforeCommit)]
    [InlineData(FaultKind.ResetAfterCommit)]
    [InlineData(FaultKind.TimeoutAfterCommit)]
    public async Task A_retry_after_a_fault_records_a_part_once(FaultKind kind)
    {
        await using var stripe = await DoubleFixture.Start();
        foreach (var path in new[] { "/report_payment", "/attach_payment" })
        {
            var (draft, invoice) = await stripe.Final(1_000);
            var order = Use(stripe, draft, invoice, 300);
            var impatient = stripe.NewGateway(timeout: TimeSpan.FromMilliseconds(300));
            stripe.Server.Faults.Add(new Fault(kind, path));

            // Where the attachment was lost on its way back, it is found before anything is repeated.
            try
            {
                await impatient.RecordPrepaidUseAsync(order, stripe.Now, default);
                Assert.Equal(("/attach_payment", true), (path, kind is FaultKind.ResetAfterCommit or FaultKind.TimeoutAfterCommit));
            }
            catch (PaymentServiceException)
            {
                Assert.NotNull(await stripe.Gateway.RecordPrepaidUseAsync(order, stripe.Now, default));
            }

            Assert.Equal(300, (await stripe.Gateway.GetInvoiceAsync(invoice, default)).Prepaid.MinorUnits);
        }

        Assert.Equal(2, (await stripe.Client.V1.PaymentRecords.ListAsync()).Count());
    }

    [Fact]
    public async Task A_transfer_without_a_charge_waits_until_the_balance_covers_it()
    {
        await using var stripe = await DoubleFixture.Start(o => o with { FundsAvailableAfter = TimeSpan.FromHours(12) });
        var (draft, invoice) = await stripe.Final(1_000);
        await stripe.Gateway.PayInvoiceAsync(draft.InvoiceId, invoice, 1, stripe.Now, default);
        var account = await stripe.Gateway.EnsureConnectedAccountAsync(new PaymentParty(Ids.Organisation(), "P", "p@example.com"), stripe.Now, default);
        var order = new TransferOrder(Ids.Payout(), draft.InvoiceId, account, null, Money.OfMinor(900, Currency.Usd));
        Assert.Null(await stripe.Gateway.TransferAsync(order, stripe.Now, default));
        Assert.Null(await stripe.Gateway.TransferAsync(order with { Attempt = 2 }, stripe.Now, default));
        stripe.Clock.Advance(TimeSpan.FromHours(12));
        var tried = stripe.Now;
        var transfer = await stripe.Gateway.TransferAsync(order with { Attempt = 3 }, tried, default);
        Assert.NotNull(transfer);
        stripe.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(transfer, await stripe.Gateway.TransferAsync(order with { Attempt = 3 }, tried, default));
        Assert.Single(await stripe.Client.V1.Transfers.ListAsync());
    }

    private static PrepaidUseOrder Use(DoubleFixture stripe, InvoiceDraft draft, string invoice, long cents, int part = 1) => new(
        $"{draft.InvoiceId}:{part}", draft.InvoiceId, invoice, draft.ExternalCustomerId, Money.OfMinor(cents, Currency.Usd), stripe.Now);
}
