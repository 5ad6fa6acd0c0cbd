using Marketplace.Runtime.Store;

namespace Marketplace.Billing.Rows;

/// <summary>Where billing keeps what. An organisation's partition holds its account and both its sides: as buyer and as provider.</summary>
internal static class BillingRows
{
    public const string Table = "billing";
    public const string Account = "account";
    public const string Party = "party";
    public const string CreditTerms = "credit-terms";
    public const string PayoutTerms = "payout-terms";
    public const string PayoutCalendar = "payout-calendar";
    public const string InvoicePrefix = "invoice!";
    public const string PayoutPrefix = "payout!";
    public const string UnbilledPrefix = "unbilled!";
    public const string DisputePrefix = "dispute!";
    public const string PayablePrefix = "payable!";
    public const string TopUpPrefix = "top-up!";
    public const string TradeHoldPrefix = "trade-hold!";
    public const string HeldForDisputePrefix = "held-for!";

    /// <summary>All of one organisation.</summary>
    public static PartitionId Of(OrganisationId organisation) => new(Table, organisation.ToString());

    /// <summary>Runs and the calendar that starts them.</summary>
    public static PartitionId Runs { get; } = new(Table, "runs");

    /// <summary>Every webhook whose signature was good. One partition is enough: Stripe sends fewer than it takes.</summary>
    public static PartitionId Webhooks { get; } = new(Table, "webhooks");

    public static string Charge(UsageId usage) => $"charge!{usage}";

    /// <summary>A charge that is on no invoice, in the order in which they are billed: currency, period, usage record.</summary>
    public static string Unbilled(Currency currency, BillingPeriod period, UsageId usage) => $"{UnbilledPrefix}{currency}!{period}!{usage}";

    public static string Invoice(InvoiceId invoice) => InvoicePrefix + Ulid.Reverse(invoice.ToString());

    /// <summary>A payment in advance, in the buyer's partition; newest first.</summary>
    public static string TopUp(TopUpId topUp) => TopUpPrefix + Ulid.Reverse(topUp.ToString());

    /// <summary>What a buyer paid in advance and did not use, in a currency.</summary>
    public static string Prepaid(Currency currency) => $"prepaid!{currency}";

    /// <summary>What is set aside for a lease, in the buyer's partition.</summary>
    public static string TradeHold(LeaseId lease) => TradeHoldPrefix + lease;

    /// <summary>What a buyer gets back of a lease whose machine proved less than was sold.</summary>
    public static string Shortfall(LeaseId lease) => $"shortfall!{lease}";

    /// <summary>The credit notes of an invoice, oldest first.</summary>
    public static string CreditNotes(InvoiceId invoice) => $"note!{invoice}!";

    public static string CreditNote(InvoiceId invoice, CreditNoteId note) => CreditNotes(invoice) + note;

    /// <summary>The refunds of an invoice, oldest first.</summary>
    public static string Refunds(InvoiceId invoice) => $"refund!{invoice}!";

    public static string Refund(InvoiceId invoice, RefundId refund) => Refunds(invoice) + refund;

    /// <summary>A dispute, in the buyer's partition; newest first.</summary>
    public static string Dispute(DisputeId dispute) => DisputePrefix + Ulid.Reverse(dispute.ToString());

    /// <summary>A contested share, in the provider's partition.</summary>
    public static string HeldShare(UsageId usage) => $"held!{usage}";

    /// <summary>What was held for a dispute, in the provider's partition; kept after it is let go.</summary>
    public static string HeldForDispute(DisputeId dispute) => HeldForDisputePrefix + dispute;

    /// <summary>A provider's part of a charge that is in a payout.</summary>
    public static string PaidShare(UsageId usage) => $"paid!{usage}";

    /// <summary>What a provider owes because a transfer could not be taken back, grouped by currency.</summary>
    public static string Debt(Currency currency, string reference) => $"{Debts(currency)}{reference}";

    public static string Debts(Currency currency) => $"debt!{currency}!";

    /// <summary>A provider's part of a charge that the buyer has paid, grouped by what one transfer can draw on.</summary>
    public static string Payable(Currency currency, InvoiceId invoice, UsageId usage) => $"{PayablePrefix}{currency}!{invoice}!{usage}";

    public static string Payout(PayoutId payout) => PayoutPrefix + Ulid.Reverse(payout.ToString());

    public static string Run(RunId run) => $"run!{Ulid.Reverse(run.ToString())}";

    public static string Month(BillingPeriod period) => $"month!{period}";

    public static string Webhook(string eventId) => $"event!{eventId}";
}
