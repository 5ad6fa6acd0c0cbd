namespace Marketplace.Client.Models;

/// <summary>A month that is closed.</summary>
/// <param name="Period">The month, such as <c>2026-11</c>.</param>
/// <param name="ClosedAt">When it was closed.</param>
/// <param name="ClosedBy">Who closed it.</param>
public sealed record PeriodClosureModel(string Period, string ClosedAt, string ClosedBy);
