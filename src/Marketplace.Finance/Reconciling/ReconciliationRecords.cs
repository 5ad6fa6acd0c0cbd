using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Finance;

/// <summary>All records that one comparison looks at: those of a period and, for their counterparts, of the months beside it.</summary>
/// <param name="Period">What is reconciled.</param>
/// <param name="Usage">Usage records.</param>
/// <param name="Charges">Rated charges.</param>
/// <param name="Entries">Ledger entries of all journals.</param>
/// <param name="Lines">Invoice lines at the payment service.</param>
/// <param name="Payments">Payments at the payment service.</param>
/// <param name="Transfers">Transfers at the payment service.</param>
internal sealed record ReconciliationRecords(
    BillingPeriod Period,
    IReadOnlyList<UsageMetered> Usage,
    IReadOnlyList<RatedCharge> Charges,
    IReadOnlyList<LedgerEntry> Entries,
    IReadOnlyList<ExternalInvoiceLine> Lines,
    IReadOnlyList<ExternalPayment> Payments,
    IReadOnlyList<ExternalTransfer> Transfers)
{
    /// <summary>What the stored readings give, by usage record of the period.</summary>
    public IReadOnlyDictionary<UsageId, ReadingCheck> Readings { get; init; } = new Dictionary<UsageId, ReadingCheck>();

    /// <summary>Credit notes and refunds, as billing booked them.</summary>
    public IReadOnlyList<BookedCredit> Credits { get; init; } = [];

    /// <summary>Payouts, as billing decided them.</summary>
    public IReadOnlyList<BookedPayout> Payouts { get; init; } = [];

    /// <summary>Credit notes, refunds and reversals at the payment service.</summary>
    public IReadOnlyList<ExternalCorrection> Corrections { get; init; } = [];

    /// <summary>Payments in advance, as billing booked them.</summary>
    public IReadOnlyList<BookedTopUp> TopUps { get; init; } = [];

    /// <summary>What of them paid invoices, as billing booked it.</summary>
    public IReadOnlyList<BookedPrepaidUse> PrepaidUses { get; init; } = [];

    /// <summary>What of them was given back unused, as billing booked it.</summary>
    public IReadOnlyList<BookedTopUpRefund> TopUpRefunds { get; init; } = [];

    /// <summary>Parts of invoices that the payment service has as paid in advance.</summary>
    public IReadOnlyList<ExternalPrepaidUse> ExternalPrepaidUses { get; init; } = [];

    /// <summary>
    /// Invoices as billing has them now, of those whose lines or whose payment is in another month than these: paid in this one and older, or
    /// of this one and paid later.
    /// </summary>
    public IReadOnlyDictionary<string, BookedInvoice> FarInvoices { get; init; } = new Dictionary<string, BookedInvoice>();

    /// <summary>What was set aside for trades, as billing decided it.</summary>
    public IReadOnlyList<BookedHold> Holds { get; init; } = [];

    /// <summary>Entries that place, post or release holds, where the period has holds up to the present: a lease may be months ahead.</summary>
    public IReadOnlyList<LedgerEntry> HoldEntries { get; init; } = [];

    /// <summary>Shares that were held for disputes, as billing decided it.</summary>
    public IReadOnlyList<BookedDispute> Disputes { get; init; } = [];

    /// <summary>Invoices that were given up, as billing decided it.</summary>
    public IReadOnlyList<BookedWriteOff> WriteOffs { get; init; } = [];

    /// <summary>Payouts of the payment service to the bank.</summary>
    public IReadOnlyList<ExternalBankPayout> BankPayouts { get; init; } = [];

    /// <summary>The last entries that the period was closed on, see <see cref="ClosedPeriod"/>; null while it is open.</summary>
    public IReadOnlyDictionary<string, long>? LastEntries { get; init; }

    /// <summary>When months were closed, for those that are.</summary>
    public IReadOnlyDictionary<BillingPeriod, Instant> ClosedAt { get; init; } = new Dictionary<BillingPeriod, Instant>();
}

/// <summary>What the stored readings give for a usage record.</summary>
/// <param name="Recomputed">GPU-seconds.</param>
/// <param name="IsWhole">Whether the readings are the signed ones and agree with the record in every hour.</param>
internal sealed record ReadingCheck(GpuTime Recomputed, bool IsWhole);

/// <summary>What of a stage counts in the period, per currency.</summary>
/// <param name="Figure">What is summed.</param>
/// <param name="Currency">The currency.</param>
/// <param name="Count">How many records.</param>
/// <param name="Amount">Their sum.</param>
/// <param name="GpuSeconds">Their GPU-seconds; null where a stage has none.</param>
public sealed record StageTotal(StageFigure Figure, Currency Currency, int Count, Money Amount, long? GpuSeconds);

/// <summary>
/// The sums that a reconciliation shows. Without differences, usage, charges and entries are equal, and lines are charges and tax
/// less what is not yet invoiced.
/// </summary>
public enum StageFigure
{
    /// <summary>Usage records at their price.</summary>
    Usage,

    /// <summary>Rated charges before tax.</summary>
    Charges,

    /// <summary>The platform's part of the charges.</summary>
    Fees,

    /// <summary>Tax on the charges.</summary>
    Tax,

    /// <summary>Ledger entries of the charges, before tax.</summary>
    Entries,

    /// <summary>Charges that are on no invoice yet, before tax. No difference: they come on the next one.</summary>
    NotYetInvoiced,

    /// <summary>Invoice lines at the payment service, with tax.</summary>
    InvoiceLines,

    /// <summary>Payments taken, those in advance too.</summary>
    Payments,

    /// <summary>Of these, what was paid in advance.</summary>
    TopUps,

    /// <summary>Parts of invoices that are paid from what was paid in advance before.</summary>
    PrepaidUses,

    /// <summary>What the payment service kept of them.</summary>
    ServiceFees,

    /// <summary>Transfers made to providers.</summary>
    Transfers,

    /// <summary>Providers' parts of charges that are in no payout yet.</summary>
    NotYetPaidOut,

    /// <summary>Credit notes issued.</summary>
    CreditNotes,

    /// <summary>Refunds made.</summary>
    Refunds,

    /// <summary>Transfers taken back.</summary>
    TransferReversals,

    /// <summary>Payouts of the payment service to the bank.</summary>
    BankPayouts,
}
