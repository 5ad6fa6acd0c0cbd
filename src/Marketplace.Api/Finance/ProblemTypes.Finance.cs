namespace Marketplace.Api.Problems;

public static partial class ProblemTypes
{
    /// <summary>A month that lies ahead.</summary>
    public static ProblemType PeriodNotBegun { get; } = new(
        "period_not_begun", 422, "Period not begun", "The month has not begun by the market's clock.");
}
