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
    private readonly List<ExternalPrepaidUse> prepaidUses = [];
    private readonly Dictionary<string, (TopUpOrder Order, ExternalTopUpState State)> topUps = [];

    /// <summary>Decides for each write whether it fails before (-1), fails after its effect (1) or works (0).</summary>
    public Func<string, int> Fault { get; set; } = _ => 0;

    /// <summary>Buyers whose card declines.</summary>
    public HashSet<OrganisationId> Declining { get; } = [];

    /// <summary>Buyers whose bank wants them to authenticate a payment in advance: it waits until <see cref="CompleteTopUp"/>.</summary>
    public HashSet<OrganisationId> Authenticating { get; } = [];

    /// <summary>How many of the next transfers that draw on the balance find not enough in it.</summary>
    public int UnavailableTransfers { get; set; }

    /// <summary>Refunds of payments in advance, in order.</summary>
    public List<(TopUpId TopUp, Money Amount)> TopUpRefunds { get; } = [];

    /// <summary>Payments in advance that ended, in order, as webhooks report them.</summary>
    public List<(OrganisationId Buyer, TopUpId TopUp)> EndedTopUps { get; } = [];

    /// <summary>Parts of invoices that are paid in advance, in order.</summary>
    public IReadOnlyList<ExternalPrepaidUse> PrepaidUses => prepaidUses;

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
            payments.Add(new ExternalPayment($"ch_{invoiceId}", invoiceId, invoice.Remaining, invoice.Remaining, Money.Zero(invoice.Total.Currency), Now));
            invoice.Collected = invoice.Remaining;
            invoice.State = ExternalInvoiceState.Paid;
            Paid.Add((invoice.Draft.Buyer, invoiceId));
            return "paid";
        });
        return outcome == "paid" ? CollectionOutcome.Paid : CollectionOutcome.Declined;
    }

    public async Task<string?> RecordPrepaidUseAsync(PrepaidUseOrder order, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var answer = await Write($"pr:{order.Reference}", () =>
        {
            var invoice = invoices[order.ExternalInvoiceId];
            if (invoice.State == ExternalInvoiceState.Paid) return "";
            InvariantException.Require(invoice.State == ExternalInvoiceState.Open, "Only an open invoice is paid.");
            InvariantException.Require(order.Amount <= invoice.Remaining, "More is paid in advance than remains.");
            invoice.Prepaid += order.Amount;
            prepaidUses.Add(new ExternalPrepaidUse($"pr_{order.Reference}", order.Reference, order.Amount, Now));
            if (invoice.Remaining.IsZero) Settle(invoice);
            return $"pr_{order.Reference}";
        });
        return answer.Length == 0 ? null : answer;
    }

    public async Task<ExternalTopUp> ChargeTopUpAsync(TopUpOrder order, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var id = await Write($"pi:{order.TopUpId}", () =>
        {
            InvariantException.Require(order.ExternalCustomerId == $"cus_{order.Buyer}", "A payment in advance is another customer's.");
            topUps.Add($"pi_{order.TopUpId}", (order, ExternalTopUpState.Pending));
            if (!Authenticating.Contains(order.Buyer)) CompleteTopUp(order.TopUpId, !Declining.Contains(order.Buyer));
            return $"pi_{order.TopUpId}";
        });
        return Show(id);
    }

    public Task<ExternalTopUp> GetTopUpAsync(string externalId, CancellationToken cancellationToken) => Task.FromResult(Show(externalId));

    public async Task<ExternalTopUp> CancelTopUpAsync(TopUpId topUpId, string externalId, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        await Write($"pi-cancel:{topUpId}", () =>
        {
            var (order, state) = topUps[externalId];
            if (state == ExternalTopUpState.Paid) return "paid";
            topUps[externalId] = (order, ExternalTopUpState.Cancelled);
            EndedTopUps.Add((order.Buyer, order.TopUpId));
            return "cancelled";
        });
        return Show(externalId);
    }

    /// <summary>The buyer completes a payment in advance, well or not. False if it has ended before.</summary>
    public bool CompleteTopUp(TopUpId topUp, bool succeeds)
    {
        var (order, state) = topUps[$"pi_{topUp}"];
        if (state is ExternalTopUpState.Paid or ExternalTopUpState.Cancelled) return false;
        topUps[$"pi_{topUp}"] = (order, succeeds ? ExternalTopUpState.Paid : ExternalTopUpState.Declined);
        if (succeeds) payments.Add(new ExternalPayment($"ch_{topUp}", null, order.Amount, order.Amount, Money.Zero(order.Amount.Currency), Now, topUp));
        EndedTopUps.Add((order.Buyer, topUp));
        return true;
    }

    public Task<ExternalInvoice> GetInvoiceAsync(string externalInvoiceId, CancellationToken cancellationToken) =>
        Task.FromResult(Show(externalInvoiceId, invoices[externalInvoiceId]));

    public Task<ExternalInvoice?> FindInvoiceAsync(string externalCustomerId, InvoiceId invoiceId, CancellationToken cancellationToken) =>
        Task.FromResult(invoices.TryGetValue($"in_{invoiceId}", out var found) ? Show($"in_{invoiceId}", found) : null);

    public async Task<string?> TransferAsync(TransferOrder order, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var answer = await Write($"tr:{order.PayoutId}:{order.Attempt}", () =>
        {
            var isPrepaid = !invoices[$"in_{order.InvoiceId}"].Prepaid.IsZero;
            InvariantException.Require(order.ExternalPaymentId == (isPrepaid ? null : $"ch_{order.InvoiceId}"), "A transfer draws on another payment.");
            InvariantException.Require(original.All(t => t.PayoutId != order.PayoutId), "A payout is transferred twice.");
            if (isPrepaid && UnavailableTransfers > 0)
            {
                UnavailableTransfers--;
                return "";
            }

            Orders = [.. Orders, order];
            original.Add(new ExternalTransfer($"tr_{order.PayoutId}", order.PayoutId, order.Amount, Now));
            transfers.Add(original[^1]);
            return $"tr_{order.PayoutId}";
        });
        return answer.Length == 0 ? null : answer;
    }

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
            if (payment.TopUpId is { } topUp) TopUpRefunds.Add((topUp, amount));
            else Refunds.Add((payment.InvoiceId!.Value, amount));
            var refunds = payment.TopUpId is null
                ? Refunds.Where(r => r.Invoice == payment.InvoiceId).Select(r => r.Amount)
                : TopUpRefunds.Where(r => r.TopUp == payment.TopUpId).Select(r => r.Amount);
            var refunded = refunds.Aggregate(Money.Zero(amount.Currency), (sum, one) => sum + one);
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

            InvariantException.Require(!invoice.Remaining.IsNegative, "More is credited than is owed.");
            if (invoice.Remaining.IsZero) Settle(invoice);
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

    public IAsyncEnumerable<ExternalPrepaidUse> ListPrepaidUsesAsync(Interval created, CancellationToken cancellationToken) =>
        prepaidUses.Where(use => created.Contains(use.CreatedAt)).ToAsyncEnumerable();

    // With nothing collected no webhook is worth waiting for, unless something was paid in advance.
    private void Settle(FakeInvoice invoice)
    {
        invoice.State = ExternalInvoiceState.Paid;
        if (!invoice.Prepaid.IsZero) Paid.Add((invoice.Draft.Buyer, invoice.Draft.InvoiceId));
    }

    private ExternalTopUp Show(string id)
    {
        var (order, state) = topUps[id];
        var isPaid = state == ExternalTopUpState.Paid;
        return new ExternalTopUp(
            id, state, isPaid ? order.Amount : Money.Zero(order.Amount.Currency), isPaid ? $"ch_{order.TopUpId}" : null, $"secret_{order.TopUpId}");
    }

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
        return new ExternalInvoice(
            id, invoice.State, invoice.Total, invoice.Prepaid + invoice.Collected, invoice.Prepaid,
            invoice.Collected.IsZero ? null : $"ch_{invoice.Draft.InvoiceId}");
    }

    private sealed class FakeInvoice(InvoiceDraft draft, Instant createdAt)
    {
        public InvoiceDraft Draft => draft;

        public Instant CreatedAt => createdAt;

        public List<InvoiceLine> Lines { get; } = [];

        public ExternalInvoiceState State { get; set; } = ExternalInvoiceState.Draft;

        public Money Credited { get; set; } = Money.Zero(draft.Currency);

        public Money Prepaid { get; set; } = Money.Zero(draft.Currency);

        public Money Collected { get; set; } = Money.Zero(draft.Currency);

        public Money Remaining => Total - Credited - Prepaid - Collected;

        public Money Total => Lines.Aggregate(Money.Zero(draft.Currency), (sum, line) => sum + line.Amount);
    }
}
