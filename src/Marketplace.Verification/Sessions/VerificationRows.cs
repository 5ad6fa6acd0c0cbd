using System.Globalization;
using Marketplace.Runtime.Store;

namespace Marketplace.Verification.Sessions;

/// <summary>Where this module keeps its rows.</summary>
internal static class VerificationRows
{
    public const string Table = "verification";

    /// <summary>The row of a published certificate in its own partition.</summary>
    public const string Certificate = "certificate";

    /// <summary>Markers of a machine's sessions that have not ended.</summary>
    public static RowRange Open { get; } = RowRange.StartingWith("open!");

    /// <summary>A machine's sessions change one at a time.</summary>
    public static PartitionId Of(MachineId machine) => new(Table, machine.ToString());

    /// <summary>Where a provider's sessions are found.</summary>
    public static PartitionId Of(OrganisationId provider) => new(Table, provider.ToString());

    public static PartitionId Of(CertificateId certificate) => new(Table, certificate.ToString());

    public static string Session(VerificationId id) => "session!" + id;

    public static string OpenMarker(VerificationId id) => "open!" + id;

    /// <summary>All sessions of a machine.</summary>
    public static RowRange Sessions { get; } = RowRange.StartingWith("session!");

    public static string Evidence(VerificationId id, int part) => string.Create(CultureInfo.InvariantCulture, $"evidence!{id}!{part:D2}");

    public static string Index(VerificationId id) => "index!" + id;
}

/// <summary>That a session has not ended.</summary>
internal sealed record OpenMarker(VerificationId Id);

/// <summary>Which machine's partition a provider's session is in.</summary>
internal sealed record SessionIndex(MachineId MachineId);
