using System.Globalization;
using System.Runtime.CompilerServices;
using Marketplace.Billing.Payments;
using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using NodaTime;

namespace Marketplace.Simulation.Tests.Doubles;

/// <summary>
/// A payment service in memory that keeps each effect once per id of ours, as the real one does, and that fails at random before or
/// after it acted. What it holds is the truth that reconciliation is compared with.
/// </summary>
public sealed class SimulatedPayments(TimeProvider time, int seed, Func<double> faultRate) : IPaymentGateway
{
    private readonly Random random = new(seed);
    private readonly Dictionary<InvoiceId, Invoice> invoices = [];
    private readonly Dictionary<PayoutId, ExternalTransfer> transfers = [];

    /// <summary>Invoices that were paid and whose webhook has not been sent yet.</summary>
    public Queue<(OrganisationId Buyer, InvoiceId InvoiceId)> Webhooks { get; } = [];

    public Task<string> EnsureCustomerAsync(PaymentParty party, Instant firstTriedAt, CancellationToken cancellationToken) =>
        Faulty(() => "cus_" + party.OrganisationId);

    public Task<string> EnsureConnectedAccountAsync(PaymentParty party, Instant firstTriedAt, CancellationToken cancellationToken) =>
        Faulty(() => "acct_" + party.OrganisationId);

    public Task<string> CreateInvoiceAsync(InvoiceDraft draft, Instant firstTriedAt, CancellationToken cancellationToken) =>
        Faulty(() =>
        {
            invoices.TryAdd(draft.InvoiceId, new Invoice(draft, time.Now()));
            return External(draft.InvoiceId);
        });

    public Task AddLineAsync(InvoiceDraft draft, string externalInvoiceId, InvoiceLine line, Instant firstTriedAt, CancellationToken cancellationToken) =>
        Faulty(() =>
        {
            var invoice = invoices[draft.InvoiceId];
            InvariantException.Require(invoice.State == ExternalInvoiceState.Draft || invoice.Lines.ContainsKey(line.UsageId), "A final invoice took a line.");
            return invoice.Lines.TryAdd(line.UsageId, line);
        });

    public Task<Money> FinalizeInvoiceAsync(InvoiceId invoiceId, string externalInvoiceId, Instant firstTriedAt, CancellationToken cancellationToken) =>
        Faulty(() =>
        {
            var invoice = invoices[invoiceId];
            if (invoice.State == ExternalInvoiceState.Draft) invoice.State = ExternalInvoiceState.Open;
            return invoice.Total;
        });

    public Task<CollectionOutcome> PayInvoiceAsync(
        InvoiceId invoiceId, string externalInvoiceId, int paymentAttempt, Instant firstTriedAt, CancellationToken cancellationToken) =>
        Faulty(() =>
        {
            var invoice = invoices[invoiceId];
            if (invoice.State != ExternalInvoiceState.Paid)
            {
                invoice.State = ExternalInvoiceState.Paid;
                invoice.PaidAt = time.Now();
                Webhooks.Enqueue((invoice.Draft.Buyer, invoiceId));
            }

            return CollectionOutcome.Paid;
        });

    public Task<ExternalInvoice> GetInvoiceAsync(string externalInvoiceId, CancellationToken cancellationToken) =>
        Faulty(() => Describe(invoices.Values.Single(i => External(i.Draft.InvoiceId) == externalInvoiceId)));

    public Task<ExternalInvoice?> FindInvoiceAsync(string externalCustomerId, InvoiceId invoiceId, CancellationToken cancellationToken) =>
        Faulty(() => invoices.TryGetValue(invoiceId, out var invoice) ? Describe(invoice) : null);

    public Task<string> TransferAsync(TransferOrder order, Instant firstTriedAt, CancellationToken cancellationToken) =>
        Faulty(() =>
        {
            var external = "tr_" + order.PayoutId;
            transfers.TryAdd(order.PayoutId, new ExternalTransfer(external, order.PayoutId, order.Amount, time.Now()));
            return external;
        });

    public Task<string?> ReverseTransferAsync(
        string externalTransferId, Money amount, string reference, Instant firstTriedAt, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The simulated story has no reversals.");

    public Task<string> RefundAsync(
        string externalPaymentId, Money amount, string reference, Instant firstTriedAt, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The simulated story has no refunds.");

    public Task<string?> IssueCreditNoteAsync(CreditNoteOrder order, Instant firstTriedAt, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The simulated story has no credit notes.");

    public Task ReportMeterEventAsync(MeterEvent meterEvent, Instant firstTriedAt, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The simulated story has no meters.");

    public async IAsyncEnumerable<ExternalInvoiceLine> ListInvoiceLinesAsync(
        Interval created, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var invoice in invoices.Values.Where(i => created.Contains(i.CreatedAt)))
        {
            foreach (var line in invoice.Lines.Values)
            {
                yield return new ExternalInvoiceLine(
                    External(invoice.Draft.InvoiceId), "il_" + line.UsageId, invoice.Draft.InvoiceId, line.UsageId, line.Amount, invoice.PaidAt is not null, invoice.CreatedAt);
            }
        }
    }

    public async IAsyncEnumerable<ExternalPayment> ListPaymentsAsync(Interval created, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var invoice in invoices.Values.Where(i => i.PaidAt is { } at && created.Contains(at)))
        {
            var total = invoice.Total;
            yield return new ExternalPayment("ch_" + invoice.Draft.InvoiceId, invoice.Draft.InvoiceId, total, total, Money.Zero(total.Currency), invoice.PaidAt!.Value);
        }
    }

    public async IAsyncEnumerable<ExternalTransfer> ListTransfersAsync(Interval created, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var transfer in transfers.Values.Where(t => created.Contains(t.CreatedAt))) yield return transfer;
    }

    public IAsyncEnumerable<ExternalCorrection> ListCorrectionsAsync(Interval created, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<ExternalCorrection>();

    public IAsyncEnumerable<ExternalBankPayout> ListBankPayoutsAsync(Interval created, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<ExternalBankPayout>();

    private static string External(InvoiceId id) => "in_" + id;

    private static ExternalInvoice Describe(Invoice invoice)
    {
        var total = invoice.Total;
        var paid = invoice.State == ExternalInvoiceState.Paid;
        return new ExternalInvoice(
            External(invoice.Draft.InvoiceId), invoice.State, total, paid ? total : Money.Zero(total.Currency), paid ? "ch_" + invoice.Draft.InvoiceId : null);
    }

    private Task<T> Faulty<T>(Func<T> effect)
    {
        if (random.NextDouble() < faultRate()) throw Fault("before");
        var answer = effect();
        if (random.NextDouble() < faultRate()) throw Fault("after");
        return Task.FromResult(answer);
    }

    private static PaymentServiceException Fault(string when) =>
        new(string.Create(CultureInfo.InvariantCulture, $"Injected {when} the effect."), new IOException());

    private sealed class Invoice(InvoiceDraft draft, Instant createdAt)
    {
        public InvoiceDraft Draft => draft;

        public Instant CreatedAt => createdAt;

        public Dictionary<UsageId, InvoiceLine> Lines { get; } = [];

        public ExternalInvoiceState State { get; set; } = ExternalInvoiceState.Draft;

        public Instant? PaidAt { get; set; }

        public Money Total => Lines.Values.Aggregate(Money.Zero(draft.Currency), (sum, line) => sum + line.Amount);
    }
}
