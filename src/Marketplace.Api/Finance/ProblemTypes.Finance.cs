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
}
