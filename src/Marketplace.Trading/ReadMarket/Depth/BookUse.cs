namespace Marketplace.Trading.ReadMarket.Depth;

/// <summary>How much of what is offered in an hour is sold. Resales don't count: their hours are sold once already.</summary>
/// <param name="Hour">The hour.</param>
/// <param name="OfferedGpuCount">GPUs that are free, and GPUs that are sold.</param>
/// <param name="SoldGpuCount">GPUs that are sold.</param>
public readonly record struct HourUse(HourSlot Hour, long OfferedGpuCount, long SoldGpuCount);

/// <summary>GPU-hours that waiting bids want.</summary>
/// <param name="Bids">Bids that wait.</param>
/// <param name="AtHoursGpuHours">At known hours with a limit per GPU-hour: what the depth shows.</param>
/// <param name="FlexibleGpuHours">With a limit per GPU-hour, in hours that are not settled yet.</param>
/// <param name="PerPflopHourGpuHours">With a limit per proven PFLOP-hour, flexible or not.</param>
public sealed record UnfilledDemand(int Bids, long AtHoursGpuHours, long FlexibleGpuHours, long PerPflopHourGpuHours)
{
    /// <summary>GPU-hours in all.</summary>
    public long GpuHours => AtHoursGpuHours + FlexibleGpuHours + PerPflopHourGpuHours;
}
