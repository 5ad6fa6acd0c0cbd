using Marketplace.Contracts;

namespace Marketplace.Registry.CreateListing;

/// <summary>Command: draft a listing of a machine's hours.</summary>
/// <param name="Provider">Who sells.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="GpuCount">GPUs offered in every hour of the window, 1 or more.</param>
/// <param name="Window">The hours offered.</param>
/// <param name="Price">What the provider asks.</param>
/// <param name="MinimumHours">The shortest block that may be bought, 1 or more.</param>
/// <param name="Claim">What each GPU is claimed to do; nothing below zero.</param>
public sealed record CreateListing(
    OrganisationId Provider, MachineId MachineId, int GpuCount, HourWindow Window, PriceSchedule Price, int MinimumHours, Capacity Claim);

/// <summary>Why a listing is not made; the first that applies.</summary>
public enum CreateListingRefusal
{
    /// <summary>The provider has no such machine.</summary>
    MachineUnknown,

    /// <summary>Fewer than 1 GPU, or more than the machine has.</summary>
    GpuCountAboveMachine,

    /// <summary>The window starts before now.</summary>
    WindowInPast,

    /// <summary>The window ends more than 366 days from now.</summary>
    WindowBeyondHorizon,

    /// <summary>A price is zero.</summary>
    PriceZero,

    /// <summary>A price is too far from what was paid in the book lately.</summary>
    PriceOutsideBand,

    /// <summary>The shortest block is less than an hour or longer than the window.</summary>
    MinimumHoursOverWindow,

    /// <summary>The claim states no rate, or something below zero.</summary>
    ClaimEmpty,

    /// <summary>A machine of a CPU class is proven by its int8 rate: nothing else can be claimed for it.</summary>
    ClaimNotProvable,

    /// <summary>A rate is claimed that is about twice the dense one of the datasheet: probably the figure with sparsity.</summary>
    ClaimLooksSparse,

    /// <summary>More is claimed than the datasheet states.</summary>
    ClaimAboveDatasheet,

    /// <summary>500 listings hold hours of the machine.</summary>
    TooManyListings,

    /// <summary>In an hour of the window, other listings hold too many of the machine's GPUs.</summary>
    HoursTaken,
}
