using Marketplace.Runtime.Store;
using Marketplace.Verification.Sessions;

namespace Marketplace.Verification.Reverification;

/// <summary>Rows of re-verification, in the partition of the provider: <see cref="VerificationRows.Of(OrganisationId)"/>.</summary>
internal static class RecheckRows
{
    public const string Plan = "recheck-plan";

    /// <summary>What is on offer.</summary>
    public static RowRange Watched { get; } = RowRange.StartingWith("watched!");

    /// <summary>Windows, the newest first.</summary>
    public static RowRange Windows { get; } = RowRange.StartingWith("window!");

    public static string WatchedListing(ListingId listing) => $"watched!{listing}";

    public static string Proof(MachineId machine) => $"recheck-proof!{machine}";

    /// <summary>The newest proof of a machine's rates, with the memory or without.</summary>
    public static string Rates(MachineId machine) => $"recheck-rates!{machine}";

    public static string Window(RecheckWindowId window) => $"window!{Ulid.Reverse(window.ToString())}";
}
