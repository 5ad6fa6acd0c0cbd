using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Billing.Payments;

/// <summary>
/// The payment service. Every write names its effect by our own ids, so that repeating it is harmless. The service may forget
/// what it answered after a day; a write that was first tried longer ago is therefore looked up before it is made again.
/// Operating faults are <see cref="PaymentServiceException"/>: try again later.
/// </summary>
public interface IPaymentGateway
{
    /// <summary>Makes the customer that a buyer is there, or finds it, and gives its id.</summary>
    Task<string> EnsureCustomerAsync(PaymentParty party, Instant firstTriedAt, CancellationToken cancellationToken);

    /// <summary>Makes the account that a provider is paid to, or finds it, and gives its id.</summary>
    Task<string> EnsureConnectedAccountAsync(PaymentParty party, Instant firstTriedAt, CancellationToken cancellationToken);

    /// <summary>Makes an empty draft and gives its id.</summary>
    Task<string> CreateInvoiceAsync(InvoiceDraft draft, Instant firstTriedAt, CancellationToken cancellationToken);

    /// <summary>Adds a line to a draft.</summary>
    Task AddLineAsync(InvoiceDraft draft, string externalInvoiceId, InvoiceLine line, Instant firstTriedAt, CancellationToken cancellationToken);

    /// <summary>Makes a draft final: its lines stand from now on. Gives its total.</summary>
    Task<Money> FinalizeInvoiceAsync(InvoiceId invoiceId, string externalInvoiceId, Instant firstTriedAt, CancellationToken cancellationToken);

    /// <summary>Collects a final invoice.</summary>
    /// <param name="invoiceId">Our invoice.</param>
    /// <param name="externalInvoiceId">The service's.</param>
    /// <param name="paymentAttempt">1 for the first; a declined attempt is repeated only under another number.</param>
    /// <param name="firstTriedAt">When this attempt was first made.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<CollectionOutcome> PayInvoiceAsync(
        InvoiceId invoiceId, string externalInvoiceId, int paymentAttempt, Instant firstTriedAt, CancellationToken cancellationToken);

    /// <summary>
    /// Records that a part of an open invoice is paid from what the buyer had paid in advance; what is collected is less by it. Gives the
    /// service's id of it; null where the invoice was paid in full before, so that nothing of it is needed.
    /// </summary>
    Task<string?> RecordPrepaidUseAsync(PrepaidUseOrder order, Instant firstTriedAt, CancellationToken cancellationToken);

    /// <summary>Takes a payment in advance, with the buyer's own payment method where it has one.</summary>
    Task<ExternalTopUp> ChargeTopUpAsync(TopUpOrder order, Instant firstTriedAt, CancellationToken cancellationToken);

    /// <summary>A payment in advance as the service has it now.</summary>
    Task<ExternalTopUp> GetTopUpAsync(string externalId, CancellationToken cancellationToken);

    /// <summary>Gives up a payment in advance that was not completed, so that it cannot be any more. Gives how it stands then: it may have been paid first.</summary>
    Task<ExternalTopUp> CancelTopUpAsync(TopUpId topUpId, string externalId, Instant firstTriedAt, CancellationToken cancellationToken);

    /// <summary>An invoice as the service has it now.</summary>
    Task<ExternalInvoice> GetInvoiceAsync(string externalInvoiceId, CancellationToken cancellationToken);

    /// <summary>Finds the service's invoice of ours by its metadata; null if there is none.</summary>
    Task<ExternalInvoice?> FindInvoiceAsync(string externalCustomerId, InvoiceId invoiceId, CancellationToken cancellationToken);

    /// <summary>
    /// Moves a provider's part to its account and gives the transfer's id. Null where the order draws on the balance and that has not
    /// enough that is available yet: the same payout may be tried later, under its next attempt.
    /// </summary>
    Task<string?> TransferAsync(TransferOrder order, Instant firstTriedAt, CancellationToken cancellationToken);

    /// <summary>
    /// Takes a transfer back, in whole or in part. A refund alone does not. Gives the reversal's id; null where the account has not
    /// enough left, so that the provider owes it.
    /// </summary>
    /// <param name="externalTransferId">The transfer.</param>
    /// <param name="amount">What is taken back.</param>
    /// <param name="reference">Our id of this reversal; the same one reverses once.</param>
    /// <param name="firstTriedAt">When it was first tried.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<string?> ReverseTransferAsync(
        string externalTransferId, Money amount, string reference, Instant firstTriedAt, CancellationToken cancellationToken);

    /// <summary>Gives a payment back to the buyer, in whole or in part, and gives the refund's id.</summary>
    /// <param name="externalPaymentId">The charge.</param>
    /// <param name="amount">What is given back.</param>
    /// <param name="reference">Our id of this refund; the same one refunds once.</param>
    /// <param name="firstTriedAt">When it was first tried.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<string> RefundAsync(
        string externalPaymentId, Money amount, string reference, Instant firstTriedAt, CancellationToken cancellationToken);

    /// <summary>Lowers what is owed on a final invoice. Gives the credit note's id; null where the invoice was paid before, so that it must be refunded.</summary>
    Task<string?> IssueCreditNoteAsync(CreditNoteOrder order, Instant firstTriedAt, CancellationToken cancellationToken);

    /// <summary>Mirrors metered use to the service's meters. The usage record is the identifier: the same one counts once.</summary>
    Task ReportMeterEventAsync(MeterEvent meterEvent, Instant firstTriedAt, CancellationToken cancellationToken);

    /// <summary>The lines of all invoices created in an interval, as the service has them.</summary>
    IAsyncEnumerable<ExternalInvoiceLine> ListInvoiceLinesAsync(Interval created, CancellationToken cancellationToken);

    /// <summary>The payments taken in an interval, with what they brought to the balance.</summary>
    IAsyncEnumerable<ExternalPayment> ListPaymentsAsync(Interval created, CancellationToken cancellationToken);

    /// <summary>The transfers made in an interval, as they were made.</summary>
    IAsyncEnumerable<ExternalTransfer> ListTransfersAsync(Interval created, CancellationToken cancellationToken);

    /// <summary>The credit notes, refunds and reversals made in an interval.</summary>
    IAsyncEnumerable<ExternalCorrection> ListCorrectionsAsync(Interval created, CancellationToken cancellationToken);

    /// <summary>Parts of invoices that the service has as paid in advance, recorded in an interval.</summary>
    IAsyncEnumerable<ExternalPrepaidUse> ListPrepaidUsesAsync(Interval created, CancellationToken cancellationToken);

    /// <summary>The payouts to the platform's bank made in an interval, with what they settle.</summary>
    IAsyncEnumerable<ExternalBankPayout> ListBankPayoutsAsync(Interval created, CancellationToken cancellationToken);
}

/// <summary>The payment service could not be asked or did not know its answer. The same call may succeed later.</summary>
public sealed class PaymentServiceException(string message, Exception inner) : Exception(message, inner);
