using NodaTime;

namespace Marketplace.Metering;

/// <summary>The stated rules of metering.</summary>
public sealed class MeteringOptions
{
    /// <summary>How long after a lease's stop its usage is closed, so that late readings still count. 10 minutes.</summary>
    public Duration LateReadingGrace { get; set; } = Duration.FromMinutes(10);

    /// <summary>How long after a lease's stop its readings are taken; later ones are kept as evidence and never billed. 30 days.</summary>
    public Duration LateReadingLimit { get; set; } = Duration.FromDays(30);

    /// <summary>The longest gap between readings that is billed, at the lower of the rates beside it. 60 seconds.</summary>
    public Duration GapGrace { get; set; } = Duration.FromSeconds(60);

    /// <summary>How far ahead of the marketplace's clock a reading may end, because clocks differ. 5 minutes.</summary>
    public Duration ClockTolerance { get; set; } = Duration.FromMinutes(5);
}
