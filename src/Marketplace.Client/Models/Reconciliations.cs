namespace Marketplace.Client.Models;

/// <summary>Asks for a reconciliation.</summary>
/// <param name="Period">A month, such as <c>2026-11</c>.</param>
public sealed record RunReconciliationRequest(string? Period);

/// <summary>A reconciliation.</summary>
/// <param name="ReconciliationId">Its id.</param>
/// <param name="Period">The month.</param>
/// <param name="RunAt">When it was made.</param>
/// <param name="RunBy">Who asked for it.</param>
/// <param name="IsPeriodOver">Whether the month had ended.</param>
/// <param name="DifferenceCount">How many differences there are.</param>
/// <param name="OpenCount">How many of them are not resolved.</param>
/// <param name="CountsByKind">How many of each kind.</param>
/// <param name="Totals">Sums by stage and currency.</param>
/// <param name="Differences">Every difference; null in a list of reconciliations.</param>
public sealed record ReconciliationModel(
    string ReconciliationId,
    string Period,
    string RunAt,
    string RunBy,
    bool IsPeriodOver,
    int DifferenceCount,
    int OpenCount,
    IReadOnlyDictionary<string, int> CountsByKind,
    IReadOnlyList<StageTotalModel> Totals,
    IReadOnlyList<DifferenceModel>? Differences);

/// <summary>A sum.</summary>
/// <param name="Figure">What is summed, such as <c>notYetInvoiced</c>.</param>
/// <param name="Count">How many records.</param>
/// <param name="Amount">Their sum.</param>
/// <param name="GpuSeconds">Their GPU-seconds; null where there are none.</param>
public sealed record StageTotalModel(string Figure, int Count, MoneyModel Amount, long? GpuSeconds);

/// <summary>A disagreement.</summary>
/// <param name="Kind">What about, such as <c>amountDiffers</c>.</param>
/// <param name="Subject">The usage record, invoice, payout or stray record.</param>
/// <param name="Expected">The side that says how it should be; may be null.</param>
/// <param name="Found">The side that disagrees; null where it is missing.</param>
/// <param name="SuggestedAction">What to do.</param>
/// <param name="DifferenceId">The same in every reconciliation that finds it.</param>
/// <param name="Resolution">How it was resolved; null while it is open.</param>
public sealed record DifferenceModel(
    string Kind,
    string Subject,
    DifferenceSideModel? Expected,
    DifferenceSideModel? Found,
    string SuggestedAction,
    string DifferenceId,
    ResolutionModel? Resolution);

/// <summary>How finance resolved a difference.</summary>
/// <param name="Reason">Why it needs no more work.</param>
/// <param name="ResolvedBy">Who says so.</param>
/// <param name="ResolvedAt">When.</param>
/// <param name="EntryId">The ledger entry that settles it; null where none does.</param>
public sealed record ResolutionModel(string Reason, string ResolvedBy, string ResolvedAt, string? EntryId);

/// <summary>Resolves a difference.</summary>
/// <param name="Reason">Why it needs no more work: 1 to 1,000 characters.</param>
/// <param name="EntryId">The ledger entry that settles it; null where none does.</param>
public sealed record ResolveDifferenceRequest(string? Reason, string? EntryId);

/// <summary>One side of a difference.</summary>
/// <param name="Stage">Where it comes from, such as <c>invoiceLine</c>.</param>
/// <param name="Id">Its id there.</param>
/// <param name="Amount">Its amount.</param>
public sealed record DifferenceSideModel(string Stage, string Id, MoneyModel Amount);
