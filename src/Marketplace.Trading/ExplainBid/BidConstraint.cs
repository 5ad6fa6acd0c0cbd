namespace Marketplace.Trading.ExplainBid;

/// <summary>What can keep a bid from buying, in the order in which it is told.</summary>
public enum BidConstraint
{
    /// <summary>The listing is priced in another currency.</summary>
    Currency,

    /// <summary>The listing does not offer all of the hours.</summary>
    Window,

    /// <summary>The listing's shortest block is longer.</summary>
    MinimumHours,

    /// <summary>It has proven too low an int8 rate.</summary>
    Int8Gops,

    /// <summary>It has proven too low a bf16 rate.</summary>
    Bf16Gflops,

    /// <summary>It has proven too little memory.</summary>
    MemoryMB,

    /// <summary>It has proven too low a memory bandwidth.</summary>
    MemoryBandwidthMBps,

    /// <summary>Its site's PUE is too high, or not stated.</summary>
    MaxPue,

    /// <summary>Its power's carbon is too high, or not stated.</summary>
    MaxGridCarbonGramsPerKWh,

    /// <summary>It is the buyer's own.</summary>
    OwnOrganisation,

    /// <summary>Its GPUs are sold in one of the hours.</summary>
    SoldOut,

    /// <summary>Alone, the machine or the provider has not enough; or the bid has bought from another one before.</summary>
    Placement,

    /// <summary>It costs more than the limit.</summary>
    Limit,

    /// <summary>All that is left is fewer GPUs than one execution takes: the minimum, or all.</summary>
    MinimumGpuCount,

    /// <summary>The book takes cancellations only.</summary>
    Halted,
}
