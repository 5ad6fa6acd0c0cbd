using Marketplace.Billing.Payments;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Testing.Payments;

/// <summary>
/// The payment port in memory, for runs on one thread: a write of known ids has one effect. A hook may make a call fail before or
/// after its effect. A paid invoice is reported to <see cref="Paid"/>, as a webhook would.
/// </summary>
public sealed class FakePaymentGateway(TimeProvider time) : IPaymentGateway
{
    private readonly Dictionary<string, string> made = [];
    private readonly Dictionary<string, FakeInvoice> invoices = [];
    private readonly List<ExternalTransfer> transfers = [];
    private readonly List<ExternalPayment> payments = [];
    private readonly List<ExternalTransfer> original = [];
    private readonly List<ExternalCorrection> corrections = [];

    /// <summary>Decides for each write whether it fails before (-1), fails after its effect (1) or works (0).</summary>
    public Func<string, int> Fault { get; set; } = _ => 0;

    /// <summary>Buyers whose card declines.</summary>
    public HashSet<OrganisationId> Declining { get; } = [];

    /// <summary>Invoices that were paid, in order, as webhooks report them.</summary>
    public List<(OrganisationId Buyer, InvoiceId Invoice)> Paid { get; } = [];

    /// <summary>Transfers whose account has nothing left, so that they cannot be reversed.</summary>
    public HashSet<string> Penniless { get; } = [];

    /// <summary>Refunds made, in order.</summary>
    public List<(InvoiceId Invoice, Money Amount)> Refunds { get; } = [];

    /// <summary>Lines of credit notes issued, in order.</summary>
    public List<(InvoiceId Invoice, CreditNoteOrderLine Line)> CreditNoteLines { get; } = [];

    /// <summary>Meter events taken, in order.</summary>
    public List<MeterEvent> MeterEvents { get; } = [];

    /// <summary>Transfers made, net of what was taken back.</summary>
    public IReadOnlyList<ExternalTransfer> Transfers => transfers;

    /// <summary>Payments taken, in order.</summary>
    public IReadOnlyList<ExternalPayment> Payments => payments;

    /// <summary>Credit notes, refunds and reversals made, in order.</summary>
    public IReadOnlyList<ExternalCorrection> Corrections => corrections;

    public IReadOnlyList<TransferOrder> Orders { get; private set; } = [];

    public int InvoiceCount => invoices.Count;

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    public Task<string> EnsureCustomerAsync(PaymentParty party, Instant firstTriedAt, CancellationToken cancellationToken) =>
        Write($"cus:{party.OrganisationId}", () => $"cus_{party.OrganisationId}");

    public Task<string> EnsureConnectedAccountAsync(PaymentParty party, Instant firstTriedAt, CancellationToken cancellationToken) =>
        Write($"acct:{party.OrganisationId}", () => $"acct_{party.OrganisationId}");

    public Task<string> CreateInvoiceAsync(InvoiceDraft draft, Instant firstTriedAt, CancellationToken cancellationToken) =>
        Write($"in:{draft.InvoiceId}", () =>
        {
            InvariantException.Require(draft.ExternalCustomerId == $"cus_{draft.Buyer}", "An invoice goes to another customer.");
            invoices.Add($"in_{draft.InvoiceId}", new FakeInvoice(draft, Now));
            return $"in_{draft.InvoiceId}";
        });

    public Task AddLineAsync(
        InvoiceDraft draft, string externalInvoiceId, InvoiceLine line, Instant firstTriedAt, CancellationToken cancellationToken) =>
        Write($"ii:{line.UsageId}", () =>
        {
            InvariantException.Require(invoices[externalInvoiceId].State == ExternalInvoiceState.Draft, "A final invoice takes no lines.");
            invoices[externalInvoiceId].Lines.Add(line);
            return "ii";
        });

    public async Task<Money> FinalizeInvoiceAsync(
        InvoiceId invoiceId, string externalInvoiceId, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        await Write($"finalize:{invoiceId}", () =>
        {
            invoices[externalInvoiceId].State = ExternalInvoiceState.Open;
            return "final";
        });
        return invoices[externalInvoiceId].Total;
    }

    public async Task<CollectionOutcome> PayInvoiceAsync(
        InvoiceId invoiceId, string externalInvoiceId, int paymentAttempt, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var outcome = await Write($"pay:{invoiceId}:{paymentAttempt}", () =>
        {
            var invoice = invoices[externalInvoiceId];
            if (invoice.State == ExternalInvoiceState.Paid) return "paid";
            InvariantException.Require(invoice.State == ExternalInvoiceState.Open, "Only an open invoice is paid.");
            if (Declining.Contains(invoice.Draft.Buyer)) return "declined";
            invoice.State = ExternalInvoiceState.Paid;
            payments.Add(new ExternalPayment($"ch_{invoiceId}", invoiceId, invoice.Due, invoice.Due, Money.Zero(invoice.Total.Currency), Now));
            Paid.Add((invoice.Draft.Buyer, invoiceId));
            return "paid";
        });
        return outcome == "paid" ? CollectionOutcome.Paid : CollectionOutcome.Declined;
    }

    public Task<ExternalInvoice> GetInvoiceAsync(string externalInvoiceId, CancellationToken cancellationToken) =>
        Task.FromResult(Show(externalInvoiceId, invoices[externalInvoiceId]));

    public Task<ExternalInvoice?> FindInvoiceAsync(string externalCustomerId, InvoiceId invoiceId, CancellationToken cancellationToken) =>
        Task.FromResult(invoices.TryGetValue($"in_{invoiceId}", out var found) ? Show($"in_{invoiceId}", found) : null);

    public Task<string> TransferAsync(TransferOrder order, Instant firstTriedAt, CancellationToken cancellationToken) =>
        Write($"tr:{order.PayoutId}", () =>
        {
            InvariantException.Require(order.ExternalPaymentId == $"ch_{order.InvoiceId}", "A transfer draws on another payment.");
            Orders = [.. Orders, order];
            original.Add(new ExternalTransfer($"tr_{order.PayoutId}", order.PayoutId, order.Amount, Now));
            transfers.Add(original[^1]);
            return $"tr_{order.PayoutId}";
        });

    public async Task<string?> ReverseTransferAsync(
        string externalTransferId, Money amount, string reference, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var answer = await Write($"trr:{reference}", () =>
        {
            var transfer = transfers.FindIndex(t => t.ExternalId == externalTransferId);
            InvariantException.Require(amount <= transfers[transfer].Amount, "More is reversed than was transferred.");
            if (Penniless.Contains(externalTransferId)) return "";
            transfers[transfer] = transfers[transfer] with { Amount = transfers[transfer].Amount - amount };
            corrections.Add(new ExternalCorrection(CorrectionKind.TransferReversal, $"trr_{reference}", reference, amount, Now));
            return $"trr_{reference}";
        });
        return answer.Length == 0 ? null : answer;
    }

    public Task<string> RefundAsync(
        string externalPaymentId, Money amount, string reference, Instant firstTriedAt, CancellationToken cancellationToken) =>
        Write($"re:{reference}", () =>
        {
            var payment = payments.Single(p => p.ExternalId == externalPaymentId);
            Refunds.Add((payment.InvoiceId!.Value, amount));
            var refunded = Refunds.Where(r => r.Invoice == payment.InvoiceId).Aggregate(Money.Zero(amount.Currency), (sum, r) => sum + r.Amount);
            InvariantException.Require(refunded <= payment.Amount, "More is refunded than was paid.");
            corrections.Add(new ExternalCorrection(CorrectionKind.Refund, $"re_{reference}", reference, amount, Now));
            return $"re_{reference}";
        });

    public async Task<string?> IssueCreditNoteAsync(CreditNoteOrder order, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var answer = await Write($"cn:{order.CreditNoteId}", () =>
        {
            var invoice = invoices[order.ExternalInvoiceId];
            if (invoice.State == ExternalInvoiceState.Paid) return "";
            foreach (var line in order.Lines)
            {
                invoice.Credited += line.Amount;
                CreditNoteLines.Add((order.InvoiceId, line));
            }

            InvariantException.Require(invoice.Credited <= invoice.Total, "More is credited than is owed.");
            if (invoice.Credited == invoice.Total) invoice.State = ExternalInvoiceState.Paid;
            var total = order.Lines.Aggregate(Money.Zero(invoice.Total.Currency), (sum, line) => sum + line.Amount);
            corrections.Add(new ExternalCorrection(CorrectionKind.CreditNote, $"cn_{order.CreditNoteId}", order.CreditNoteId.ToString(), total, Now));
            return $"cn_{order.CreditNoteId}";
        });
        return answer.Length == 0 ? null : answer;
    }

    public Task ReportMeterEventAsync(MeterEvent meterEvent, Instant firstTriedAt, CancellationToken cancellationToken) =>
        Write($"me:{meterEvent.UsageId}", () =>
        {
            MeterEvents.Add(meterEvent);
            return "me";
        });

    public IAsyncEnumerable<ExternalInvoiceLine> ListInvoiceLinesAsync(Interval created, CancellationToken cancellationToken) =>
        (from pair in invoices
         where created.Contains(pair.Value.CreatedAt)
         from line in pair.Value.Lines
         select new ExternalInvoiceLine(
             pair.Key, $"il_{line.UsageId}", pair.Value.Draft.InvoiceId, line.UsageId, line.Amount,
             pair.Value.State == ExternalInvoiceState.Paid, pair.Value.CreatedAt)).ToAsyncEnumerable();

    public IAsyncEnumerable<ExternalPayment> ListPaymentsAsync(Interval created, CancellationToken cancellationToken) =>
        payments.Where(p => created.Contains(p.CreatedAt)).ToAsyncEnumerable();

    public IAsyncEnumerable<ExternalTransfer> ListTransfersAsync(Interval created, CancellationToken cancellationToken) =>
        original.Where(t => created.Contains(t.CreatedAt)).ToAsyncEnumerable();

    public IAsyncEnumerable<ExternalCorrection> ListCorrectionsAsync(Interval created, CancellationToken cancellationToken) =>
        corrections.Where(c => created.Contains(c.CreatedAt)).ToAsyncEnumerable();

    public IAsyncEnumerable<ExternalBankPayout> ListBankPayoutsAsync(Interval created, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<ExternalBankPayout>();

    private Task<string> Write(string key, Func<string> effect)
    {
        var fault = Fault(key);
        if (fault < 0) throw Failed();
        if (!made.TryGetValue(key, out var answer)) made[key] = answer = effect();
        if (fault > 0) throw Failed();
        return Task.FromResult(answer);
    }

    private static PaymentServiceException Failed() => new("Injected.", new IOException());

    private static ExternalInvoice Show(string id, FakeInvoice invoice)
    {
        var paid = invoice.State == ExternalInvoiceState.Paid && !invoice.Due.IsZero;
        return new ExternalInvoice(
            id, invoice.State, invoice.Total, paid ? invoice.Due : Money.Zero(invoice.Total.Currency), paid ? $"ch_{invoice.Draft.InvoiceId}" : null);
    }

    private sealed class FakeInvoice(InvoiceDraft draft, Instant createdAt)
    {
        public InvoiceDraft Draft => draft;

        public Instant CreatedAt => createdAt;

        public List<InvoiceLine> Lines { get; } = [];

        public ExternalInvoiceState State { get; set; } = ExternalInvoiceState.Draft;

        public Money Credited { get; set; } = Money.Zero(draft.Currency);

        public Money Due => Total - Credited;

        public Money Total => Lines.Aggregate(Money.Zero(draft.Currency), (sum, line) => sum + line.Amount);
    }
}
