using NodaTime;

namespace Marketplace.Contracts;

/// <summary>The chart of accounts, by kind. Debits are positive, credits negative.</summary>
public enum AccountKind
{
    /// <summary>What a buyer owes. One per buyer.</summary>
    BuyerReceivable,

    /// <summary>What a buyer paid in advance. One per buyer.</summary>
    BuyerPrepaid,

    /// <summary>Money set aside for trades that are not delivered yet. One per buyer.</summary>
    Hold,

    /// <summary>What is owed to a provider. One per provider.</summary>
    ProviderPayable,

    /// <summary>The platform's fees.</summary>
    PlatformRevenue,

    /// <summary>Tax collected and owed.</summary>
    Tax,

    /// <summary>Money at the payment service: paid in and not yet paid out.</summary>
    PaymentClearing,

    /// <summary>Money given back to buyers.</summary>
    Refund,

    /// <summary>Money held back while usage is disputed. One per lease's provider.</summary>
    DisputeHold,

    /// <summary>What a buyer will be invoiced for use of a month that is over. One per buyer.</summary>
    AccruedReceivable,
}

/// <summary>An account.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Owner">The organisation for kinds that have one per organisation; null for the platform's own.</param>
public readonly record struct Account(AccountKind Kind, OrganisationId? Owner)
{
    /// <summary>Such as <c>buyerReceivable:org_01J…</c>.</summary>
    public override string ToString()
    {
        var kind = Kind.ToString();
        kind = char.ToLowerInvariant(kind[0]) + kind[1..];
        return Owner is { } owner ? $"{kind}:{owner}" : kind;
    }

    /// <summary>Reads what <see cref="ToString"/> writes. False for an unknown kind or a malformed owner.</summary>
    public static bool TryParse(string? text, out Account account)
    {
        account = default;
        var parts = text?.Split(':', 2) ?? [];
        OrganisationId? owner = null;
        if (parts.Length == 2)
        {
            if (!OrganisationId.TryParse(parts[1], out var organisation)) return false;
            owner = organisation;
        }

        foreach (var kind in Enum.GetValues<AccountKind>())
        {
            account = new Account(kind, owner);
            if (account.ToString() == text) return true;
        }

        account = default;
        return false;
    }
}

/// <summary>One side of an entry.</summary>
/// <param name="Account">The account.</param>
/// <param name="Amount">Positive debits the account, negative credits it; never zero.</param>
public sealed record Posting(Account Account, Money Amount);

/// <summary>What business event an entry records.</summary>
public enum EntryReason
{
    /// <summary>Metered use was rated.</summary>
    UsageCharged,

    /// <summary>A buyer paid an invoice.</summary>
    InvoicePaid,

    /// <summary>A provider was paid.</summary>
    ProviderPaid,

    /// <summary>A credit note lowered an invoice.</summary>
    CreditNoteIssued,

    /// <summary>A buyer is to get back a part of a paid invoice.</summary>
    RefundOrdered,

    /// <summary>The refund left the payment service.</summary>
    RefundPaid,

    /// <summary>A transfer to a provider was taken back.</summary>
    TransferReversed,

    /// <summary>Finance gave up an invoice that is not paid.</summary>
    InvoiceWrittenOff,

    /// <summary>A provider's share of a contested charge is held.</summary>
    DisputeHeld,

    /// <summary>A held share is let go.</summary>
    DisputeReleased,

    /// <summary>An earlier entry is taken back.</summary>
    Reversal,

    /// <summary>Finance corrects by hand, with a reason.</summary>
    Adjustment,

    /// <summary>At the end of a month: what is earned and on no invoice yet.</summary>
    Accrual,

    /// <summary>At the beginning of the next month: the accrual is taken back.</summary>
    AccrualReversed,

    /// <summary>Money was set aside. Posts nothing: it is pending until it is posted or released.</summary>
    Held,

    /// <summary>What was set aside is free again. Posts nothing.</summary>
    HoldReleased,

    /// <summary>A buyer paid in advance.</summary>
    PrepaidToppedUp,

    /// <summary>What a buyer paid in advance pays an invoice, or a part of it.</summary>
    PrepaidUsed,

    /// <summary>A part of an invoice that was paid in advance is the buyer's again.</summary>
    PrepaidRestored,

    /// <summary>A buyer is to get back what it paid in advance and did not use.</summary>
    PrepaidRefundOrdered,
}

/// <summary>
/// Command: record an entry in the journal of its currency. The same entry id with the same content is recorded once.
/// </summary>
/// <param name="EntryId">The entry.</param>
/// <param name="Currency">The journal; every posting is in it.</param>
/// <param name="Reason">What happened.</param>
/// <param name="Reference">The id of what happened: a usage record, an invoice, a payout.</param>
/// <param name="BookedAt">When it counts, which may be earlier than when it is recorded.</param>
/// <param name="Postings">Two or more, summing to zero.</param>
/// <param name="Reverses">
/// The entry that this one takes back, with the reason <see cref="EntryReason.Reversal"/> and every posting negated; an entry is taken back
/// once. Null for all others.
/// </param>
/// <param name="Note">Why, in one line of at most 500 characters; a reversal has one.</param>
public sealed record RecordEntry(
    EntryId EntryId, Currency Currency, EntryReason Reason, string Reference, Instant BookedAt, IReadOnlyList<Posting> Postings,
    EntryId? Reverses = null, string? Note = null) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "ledger.record-entry.v1";
}

/// <summary>An entry as it stands in a journal.</summary>
/// <param name="Sequence">Its place in the journal, from 1 without gaps.</param>
/// <param name="Entry">What was recorded.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Hash">SHA-256 over the entry and the hash before it, in lower-case hex.</param>
/// <param name="Hold">What it does to a hold; null for an entry that has to do with none.</param>
public sealed record LedgerEntry(long Sequence, RecordEntry Entry, Instant RecordedAt, string Hash, HoldChange? Hold = null);

/// <summary>Reads journals back, for reconciliation and reports.</summary>
public interface ILedgerRecords
{
    /// <summary>
    /// The entries of a currency's journal that are booked in the period, in journal order. Those that post nothing, because they only
    /// hold or release, are left out.
    /// </summary>
    IAsyncEnumerable<LedgerEntry> ListAsync(Currency currency, BillingPeriod period, CancellationToken cancellationToken);

    /// <summary>The entries of a currency's journal that are booked in the period and place, post or release a hold, in journal order.</summary>
    IAsyncEnumerable<LedgerEntry> ListHoldsAsync(Currency currency, BillingPeriod period, CancellationToken cancellationToken);
}
