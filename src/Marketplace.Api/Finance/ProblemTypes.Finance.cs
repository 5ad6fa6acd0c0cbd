namespace Marketplace.Api.Problems;

public static partial class ProblemTypes
{
    /// <summary>A month that lies ahead.</summary>
    public static ProblemType PeriodNotBegun { get; } = new(
        "period_not_begun", 422, "Period not begun", "The month has not begun by the market's clock.");

    /// <summary>A month that still goes on.</summary>
    public static ProblemType PeriodNotOver { get; } = new(
        "period_not_over", 409, "Period not over", "The month has not ended by the market's clock.");

    /// <summary>A month that is closed.</summary>
    public static ProblemType PeriodClosedAlready { get; } = new(
        "period_closed_already", 409, "Period closed already", "The month is closed, for good. Late items go to the open month as corrections.");

    /// <summary>A month whose records differ.</summary>
    public static ProblemType DifferencesOpen { get; } = new(
        "differences_open", 409, "Differences open", "The month's records differ. The latest reconciliation lists what is open: mend it, or resolve it with a reason.");

    /// <summary>A reconciliation without such a difference.</summary>
    public static ProblemType DifferenceUnknown { get; } = new(
        "difference_unknown", 404, "Difference unknown", "The reconciliation does not list this difference.");

    /// <summary>A difference that was resolved.</summary>
    public static ProblemType DifferenceResolvedAlready { get; } = new(
        "difference_resolved_already", 409, "Difference resolved already", "The difference was resolved before; its reason stands.");

    /// <summary>An entry that the ledger does not have.</summary>
    public static ProblemType EntryUnknown { get; } = new(
        "entry_unknown", 422, "Entry unknown", "The ledger has no such entry in the month of the reconciliation, the one after, or this one.");
}
