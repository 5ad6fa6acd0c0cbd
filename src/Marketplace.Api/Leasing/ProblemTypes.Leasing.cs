namespace Marketplace.Api.Problems;

public static partial class ProblemTypes
{
    /// <summary>The lease has ended.</summary>
    public static ProblemType LeaseIsOver { get; } = new("lease_is_over", 409, "Lease is over", "The lease, or the window of the lease, is over.");

    /// <summary>Only the buyer may.</summary>
    public static ProblemType NotTheBuyer { get; } = new("not_the_buyer", 403, "Not the buyer", "Only the buyer terminates a lease or sells its hours on; a provider reports a failure.");

    /// <summary>Only the provider may.</summary>
    public static ProblemType NotTheProvider { get; } = new(
        "not_the_provider", 403, "Not the provider", "Only the machine's provider or an operator reports a failure; a buyer terminates the lease. Who sold hours on does not have the machine.");

    /// <summary>Hours of the lease are on offer.</summary>
    public static ProblemType ResaleIsOpen { get; } = new(
        "resale_is_open", 409, "Resale is open",
        "Hours of the lease are on offer, or the book has not said yet what the last offer sold. Cancel the resale and wait until it is closed.");

    /// <summary>Hours of the lease are others' by now.</summary>
    public static ProblemType HoursResold { get; } = new(
        "hours_resold", 409, "Hours resold", "Hours of the lease were sold on and are still to come: they are not the buyer's any more.");

    /// <summary>Resold hours cannot be resold.</summary>
    public static ProblemType HoursOfAResale { get; } = new(
        "hours_of_a_resale", 422, "Hours of a resale", "The lease was bought from another lease's buyer; its hours cannot be sold on once more.");

    /// <summary>Nobody could pay the seller.</summary>
    public static ProblemType NoPayoutAccount { get; } = new(
        "no_payout_account", 422, "No payout account", "Who sells hours is paid like a provider: the organisation has to be registered as one.");

    /// <summary>More GPUs than the lease has.</summary>
    public static ProblemType GpuCountAboveLease { get; } = new(
        "gpu_count_above_lease", 422, "GPU count above lease", "Offered are 1 to as many GPUs as the lease has.");

    /// <summary>Hours that are not the lease's.</summary>
    public static ProblemType WindowOutsideLease { get; } = new(
        "window_outside_lease", 422, "Window outside lease", "All hours offered are hours of the lease.");

    /// <summary>An hour that runs or is over.</summary>
    public static ProblemType WindowHasBegun { get; } = new(
        "window_has_begun", 422, "Window has begun", "The hours offered begin with the next full hour, or later.");
}
