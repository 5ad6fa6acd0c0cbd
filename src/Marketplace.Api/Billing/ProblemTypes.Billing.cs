namespace Marketplace.Api.Problems;

/// <content>Problems of billing.</content>
public static partial class ProblemTypes
{
    /// <summary>More than the buyer's credit.</summary>
    public static ProblemType CreditExceeded { get; } = new(
        "credit_exceeded", 422, "Credit exceeded", "The most that the bid may cost, with tax, is more than is left of the credit. Ask for a smaller bid, or pay first.");

    /// <summary>A buyer that is not there.</summary>
    public static ProblemType BuyerUnknown { get; } = new(
        "buyer_unknown", 404, "Buyer unknown", "There is no such buyer, or its registration has not arrived yet.");

    /// <summary>A limit below zero.</summary>
    public static ProblemType CreditLimitNegative { get; } = new(
        "credit_limit_negative", 422, "Credit limit negative", "A credit limit is zero or more.");

    /// <summary>Two limits in one currency.</summary>
    public static ProblemType CreditLimitTwice { get; } = new(
        "credit_limit_twice", 422, "Credit limit twice", "A currency has one credit limit.");

    /// <summary>A webhook that nobody we know signed.</summary>
    public static ProblemType WebhookSignatureInvalid { get; } = new(
        "webhook_signature_invalid", 400, "Webhook signature invalid", "The webhook has no signature, or it does not verify over the body.");

    /// <summary>A webhook that may be a replay.</summary>
    public static ProblemType WebhookSignatureStale { get; } = new(
        "webhook_signature_stale", 400, "Webhook signature stale", "The webhook was signed more than five minutes ago, or in the future.");

    /// <summary>A signed body that is no event.</summary>
    public static ProblemType WebhookMalformed { get; } = new(
        "webhook_malformed", 400, "Webhook malformed", "The signed body is no event of the payment service.");

    /// <summary>A draft.</summary>
    public static ProblemType InvoiceNotFinal { get; } = new(
        "invoice_not_final", 409, "Invoice not final", "The invoice is a draft, whose lines can still change. Wait until it is open.");

    /// <summary>Void or written off.</summary>
    public static ProblemType InvoiceClosed { get; } = new(
        "invoice_closed", 409, "Invoice closed", "The invoice is void or written off: nothing of it is owed.");

    /// <summary>Paid already.</summary>
    public static ProblemType InvoicePaid { get; } = new(
        "invoice_paid", 409, "Invoice paid", "The invoice is paid. Refund it instead.");

    /// <summary>Not paid yet.</summary>
    public static ProblemType InvoiceNotPaid { get; } = new(
        "invoice_not_paid", 409, "Invoice not paid", "The invoice is not paid. Issue a credit note instead.");

    /// <summary>No such line.</summary>
    public static ProblemType InvoiceLineUnknown { get; } = new(
        "invoice_line_unknown", 422, "Invoice line unknown", "The invoice has no line of that usage record.");

    /// <summary>A line twice.</summary>
    public static ProblemType InvoiceLineRepeated { get; } = new(
        "invoice_line_repeated", 422, "Invoice line repeated", "Name each line once.");

    /// <summary>Another currency.</summary>
    public static ProblemType CreditCurrencyDiffers { get; } = new(
        "credit_currency_differs", 422, "Currency differs", "An amount is taken back in the invoice's currency.");

    /// <summary>Nothing.</summary>
    public static ProblemType NothingToCredit { get; } = new(
        "nothing_to_credit", 422, "Nothing to credit", "An amount has to be above zero, and something has to be left of the invoice.");

    /// <summary>Too much.</summary>
    public static ProblemType CreditExceedsLine { get; } = new(
        "credit_exceeds_line", 422, "Credit exceeds line", "The amount is more than is left of the line after earlier credit notes and refunds.");

    /// <summary>Paid in advance.</summary>
    public static ProblemType CreditExceedsUnpaid { get; } = new(
        "credit_exceeds_unpaid", 409, "Credit exceeds unpaid", "A part of the invoice is paid in advance, and the amount is more than is left to pay. Take that back once the invoice is paid.");

    /// <summary>Paid in part.</summary>
    public static ProblemType InvoicePartlyPaid { get; } = new(
        "invoice_partly_paid", 409, "Invoice partly paid", "A part of the invoice is paid in advance. Issue a credit note over the rest instead.");

    /// <summary>Too little to be paid in advance.</summary>
    public static ProblemType TopUpTooSmall { get; } = new(
        "top_up_too_small", 422, "Top-up too small", "The amount is below the least that is paid in advance in its currency.");

    /// <summary>Too much for one payment.</summary>
    public static ProblemType TopUpTooLarge { get; } = new(
        "top_up_too_large", 422, "Top-up too large", "The amount is more than one payment may be. Pay in parts.");

    /// <summary>Nothing there to give back.</summary>
    public static ProblemType TopUpNotPaid { get; } = new(
        "top_up_not_paid", 409, "Top-up not paid", "The top-up is pending, declined or abandoned: there is nothing to give back.");

    /// <summary>Nothing left, or nothing wanted.</summary>
    public static ProblemType NothingToRefund { get; } = new(
        "nothing_to_refund", 422, "Nothing to refund", "An amount has to be above zero, and something has to be left of the top-up.");

    /// <summary>Used.</summary>
    public static ProblemType RefundExceedsUnused { get; } = new(
        "refund_exceeds_unused", 422, "Refund exceeds unused credit", "The amount is more than is left of the top-up after what it paid and what was given back.");

    /// <summary>Needed.</summary>
    public static ProblemType CreditCommitted { get; } = new(
        "credit_committed", 409, "Credit committed", "The credit is needed for what is owed and for trades that are not delivered yet. Ask for less, or wait until they end.");

    /// <summary>Contested.</summary>
    public static ProblemType InvoiceLineDisputed { get; } = new(
        "invoice_line_disputed", 409, "Invoice line disputed", "The line is contested: finance resolves the dispute, for either side.");

    /// <summary>Too late.</summary>
    public static ProblemType DisputeWindowOver { get; } = new(
        "dispute_window_over", 409, "Dispute window over", "The charge could be contested for some days after its invoice became final; they are over.");

    /// <summary>Decided.</summary>
    public static ProblemType DisputeResolvedAlready { get; } = new(
        "dispute_resolved_already", 409, "Dispute resolved already", "Finance has decided the dispute.");

    /// <summary>On its way.</summary>
    public static ProblemType CreditNotePending { get; } = new(
        "credit_note_pending", 409, "Credit note pending", "A credit note is on its way to the payment service. Try again in a minute.");

    /// <summary>No account.</summary>
    public static ProblemType OrganisationUnknown { get; } = new(
        "organisation_unknown", 422, "Organisation unknown", "No organisation of that id has an account for this.");

    /// <summary>Two minimums.</summary>
    public static ProblemType MinimumRepeated { get; } = new(
        "minimum_repeated", 422, "Minimum repeated", "Give one minimum per currency.");
}
