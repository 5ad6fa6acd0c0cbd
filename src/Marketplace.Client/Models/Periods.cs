namespace Marketplace.Client.Models;

/// <summary>A month that is closed.</summary>
/// <param name="Period">The month, such as <c>2026-11</c>.</param>
/// <param name="ClosedAt">When it was closed.</param>
/// <param name="ClosedBy">Who closed it.</param>
/// <param name="ReconciliationId">The reconciliation that it was closed on.</param>
/// <param name="ResolvedCount">Differences that it was closed with, each resolved with a reason.</param>
/// <param name="Accrued">What was earned and on no invoice, by currency.</param>
/// <param name="UnusedCredit">What buyers had paid in advance and not used at the month's end, by currency: what is owed to them.</param>
public sealed record PeriodClosureModel(
    string Period, string ClosedAt, string ClosedBy, string ReconciliationId, int ResolvedCount, IReadOnlyList<AccruedTotalModel> Accrued,
    IReadOnlyList<UnusedCreditTotalModel> UnusedCredit);

/// <summary>What was accrued in a currency.</summary>
/// <param name="Amount">The sum, tax included.</param>
/// <param name="BuyerCount">Of how many buyers.</param>
/// <param name="ChargeCount">Of how many charges.</param>
public sealed record AccruedTotalModel(MoneyModel Amount, int BuyerCount, int ChargeCount);

/// <summary>What buyers had paid in advance and not used in a currency.</summary>
/// <param name="Amount">The sum.</param>
/// <param name="BuyerCount">Of how many buyers.</param>
public sealed record UnusedCreditTotalModel(MoneyModel Amount, int BuyerCount);
