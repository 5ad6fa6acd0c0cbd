using NodaTime;

namespace Marketplace.Contracts;

/// <summary>How the payment service corrects what it did.</summary>
public enum CorrectionKind
{
    /// <summary>An invoice was lowered before it was paid.</summary>
    CreditNote,

    /// <summary>A payment was given back.</summary>
    Refund,

    /// <summary>A transfer was taken back.</summary>
    TransferReversal,
}

/// <summary>A correction at the payment service.</summary>
/// <param name="Kind">Which.</param>
/// <param name="ExternalId">The service's id.</param>
/// <param name="Reference">Our id of it: the credit note, the refund, the reversal; null if it has none.</param>
/// <param name="Amount">How much; more than zero.</param>
/// <param name="CreatedAt">When.</param>
public sealed record ExternalCorrection(CorrectionKind Kind, string ExternalId, string? Reference, Money Amount, Instant CreatedAt);

/// <summary>A payout of the payment service's balance to the platform's bank.</summary>
/// <param name="ExternalId">The service's id.</param>
/// <param name="Amount">What was paid out.</param>
/// <param name="Settled">What the balance transactions that it names add up to; null where it names none, as with manual payouts.</param>
/// <param name="CreatedAt">When.</param>
public sealed record ExternalBankPayout(string ExternalId, Money Amount, Money? Settled, Instant CreatedAt);

/// <summary>A part of an invoice that, at the payment service, was paid from what the buyer had paid in advance.</summary>
/// <param name="ExternalId">The service's id.</param>
/// <param name="Reference">Our name of it; null if it has none.</param>
/// <param name="Amount">How much.</param>
/// <param name="CreatedAt">When.</param>
public sealed record ExternalPrepaidUse(string ExternalId, string? Reference, Money Amount, Instant CreatedAt);

/// <summary>Reads the payment service's corrections and bank payouts, for reconciliation.</summary>
public interface IServiceRecords
{
    /// <summary>Credit notes, refunds and reversals that the service made in the period.</summary>
    IAsyncEnumerable<ExternalCorrection> ListCorrectionsAsync(BillingPeriod period, CancellationToken cancellationToken);

    /// <summary>Payouts to the bank that the service made in the period, with what they settle.</summary>
    IAsyncEnumerable<ExternalBankPayout> ListBankPayoutsAsync(BillingPeriod period, CancellationToken cancellationToken);

    /// <summary>Parts of invoices that the service has as paid in advance, recorded in the period.</summary>
    IAsyncEnumerable<ExternalPrepaidUse> ListPrepaidUsesAsync(BillingPeriod period, CancellationToken cancellationToken);
}

/// <summary>A payout to a provider, as billing decided it.</summary>
/// <param name="PayoutId">The payout: the reference of its ledger entry.</param>
/// <param name="Provider">Who is paid.</param>
/// <param name="Amount">The transfer; of zero there is none.</param>
/// <param name="Owed">What the provider owed and the payout kept back: its shares are the amount and this.</param>
/// <param name="Shares">The sum of the shares that it pays.</param>
/// <param name="Reversals">What was taken back of it.</param>
/// <param name="CreatedAt">When it was decided.</param>
/// <param name="ExternalId">The transfer at the payment service; null while it is being made.</param>
public sealed record BookedPayout(
    PayoutId PayoutId,
    OrganisationId Provider,
    Money Amount,
    Money Owed,
    Money Shares,
    IReadOnlyList<BookedReversal> Reversals,
    Instant CreatedAt,
    string? ExternalId);

/// <summary>A part of a transfer that was taken back.</summary>
/// <param name="Reference">Our name of it: the reference of its ledger entry.</param>
/// <param name="Amount">How much.</param>
/// <param name="IsMade">Whether it was made; otherwise it is on its way, or the provider owes it.</param>
/// <param name="MadeAt">When it was made; null where it was not.</param>
public sealed record BookedReversal(string Reference, Money Amount, bool IsMade, Instant? MadeAt = null);

/// <summary>Reads payouts back, for reconciliation.</summary>
public interface IPayoutRecords
{
    /// <summary>The payouts decided in the period, newest first.</summary>
    IAsyncEnumerable<BookedPayout> ListAsync(BillingPeriod period, CancellationToken cancellationToken);

    /// <summary>The payouts of which something was taken back in the period, whenever they were decided.</summary>
    IAsyncEnumerable<BookedPayout> ListReversedAsync(BillingPeriod period, CancellationToken cancellationToken);
}
