using NodaTime;

namespace Marketplace.Finance;

/// <summary>A reconciliation that was made. Its differences are rows beside it.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Period">What was reconciled.</param>
/// <param name="RunAt">When.</param>
/// <param name="RunBy">Who asked for it.</param>
/// <param name="IsPeriodOver">Whether the period had ended, so that nothing can be added to it but late items.</param>
/// <param name="DifferenceCount">How many differences there are.</param>
/// <param name="OpenCount">How many of them are not resolved.</param>
/// <param name="CountsByKind">How many of each kind, without kinds that have none.</param>
/// <param name="Totals">Sums by stage and currency.</param>
public sealed record ReconciliationReport(
    ReconciliationId Id,
    BillingPeriod Period,
    Instant RunAt,
    string RunBy,
    bool IsPeriodOver,
    int DifferenceCount,
    int OpenCount,
    IReadOnlyDictionary<DifferenceKind, int> CountsByKind,
    IReadOnlyList<StageTotal> Totals);
