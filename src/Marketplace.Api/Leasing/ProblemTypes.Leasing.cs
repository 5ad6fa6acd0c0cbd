namespace Marketplace.Api.Problems;

public static partial class ProblemTypes
{
    /// <summary>The lease has ended.</summary>
    public static ProblemType LeaseIsOver { get; } = new("lease_is_over", 409, "Lease is over", "The lease, or the window of the lease, is over.");

    /// <summary>Only the buyer may.</summary>
    public static ProblemType NotTheBuyer { get; } = new("not_the_buyer", 403, "Not the buyer", "Only the buyer terminates a lease; a provider reports a failure.");

    /// <summary>Only the provider may.</summary>
    public static ProblemType NotTheProvider { get; } = new(
        "not_the_provider", 403, "Not the provider", "Only the provider or an operator reports a failure; a buyer terminates the lease.");
}
