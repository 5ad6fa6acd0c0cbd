using NodaTime;

namespace Marketplace.Finance;

/// <summary>A month that is closed, for good.</summary>
/// <param name="Period">The month.</param>
/// <param name="ClosedAt">When it was closed.</param>
/// <param name="ClosedBy">Who closed it.</param>
/// <param name="Reconciliation">The reconciliation that it was closed on; its report is kept.</param>
/// <param name="ResolvedCount">Differences that it was closed with, each resolved with a reason.</param>
/// <param name="Accrued">What was earned in it and on no invoice, by currency.</param>
/// <param name="UnusedCredit">What buyers had paid in advance and not used at its end, by currency: what is owed to them.</param>
/// <param name="LastEntries">
/// By currency code, the place in its journal of the last entry of the month that the reconciliation knew. Places, not times: an entry
/// that was on its way in the instant of closing bears a time before it.
/// </param>
public sealed record ClosedPeriod(
    BillingPeriod Period, Instant ClosedAt, string ClosedBy, ReconciliationId Reconciliation, int ResolvedCount, IReadOnlyList<AccruedTotal> Accrued,
    IReadOnlyList<UnusedCreditTotal> UnusedCredit, IReadOnlyDictionary<string, long> LastEntries);

/// <summary>What was accrued in a currency.</summary>
/// <param name="Amount">The sum, tax included.</param>
/// <param name="BuyerCount">Of how many buyers.</param>
/// <param name="ChargeCount">Of how many charges.</param>
public sealed record AccruedTotal(Money Amount, int BuyerCount, int ChargeCount);

/// <summary>What buyers had paid in advance and not used in a currency, by the ledger.</summary>
/// <param name="Amount">The sum.</param>
/// <param name="BuyerCount">Of how many buyers.</param>
public sealed record UnusedCreditTotal(Money Amount, int BuyerCount);

/// <summary>What a buyer will be invoiced for a month that is closed, in one currency.</summary>
/// <param name="Buyer">The buyer.</param>
/// <param name="Amount">More than zero; tax included.</param>
/// <param name="ChargeCount">Of how many charges.</param>
/// <param name="AccrualId">The entry at the end of the month.</param>
/// <param name="ReversalId">The entry that takes it back at the beginning of the next.</param>
internal sealed record Accrual(OrganisationId Buyer, Money Amount, int ChargeCount, EntryId AccrualId, EntryId ReversalId);
