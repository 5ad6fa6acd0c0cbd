using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.Registry;

/// <summary>Where the registry keeps what: the partitions of its one table and their row keys.</summary>
internal static class RegistryRows
{
    public const string Organisation = "organisation";
    public const string Counter = "counter";
    public const string Enrolment = "enrolment";

    private const string Table = "registry";

    public static readonly PartitionId OrganisationIds = new(Table, "organisation-ids");
    public static readonly RowRange Machines = RowRange.StartingWith("machine!");
    public static readonly RowRange Listings = RowRange.StartingWith("listing!");

    public static PartitionId Of(OrganisationId id) => new(Table, id.ToString());

    public static PartitionId Of(EnrolmentId id) => new(Table, id.ToString());

    public static PartitionId Hub(string code) => new(Table, $"hub-{code}");

    public static PartitionId Directory(BookKey book) => new(Table, $"directory-{book}");

    public static string Machine(MachineId id) => $"machine!{Newest(id)}";

    public static string Schedule(MachineId id) => $"schedule!{id}";

    public static string Listing(ListingId id) => $"listing!{Newest(id)}";

    public static RowRange Enrolments(MachineId id) => RowRange.StartingWith($"enrolment!{id}!");

    public static string EnrolmentOf(MachineId machine, EnrolmentId id) => $"enrolment!{machine}!{Newest(id)}";

    public static RowRange Tests(MachineId id) => RowRange.StartingWith($"test!{id}!");

    public static string Test(MachineId machine, VerificationId id) => $"test!{machine}!{Newest(id)}";

    public static string Serial(int serial) => $"serial!{serial:D8}";

    /// <summary>Reads a row outside a change, or null if there is none.</summary>
    public static async Task<T?> ReadRowAsync<T>(this IPartitionStore store, PartitionId partition, string rowKey, CancellationToken cancellationToken)
        where T : class =>
        await store.ReadAsync(partition, rowKey, cancellationToken) is { } row ? MarketplaceJson.Deserialize<T>(row.Body) : null;

    // Row keys only scan upwards, and lists start with the newest.
    private static string Newest<TKind>(Id<TKind> id)
        where TKind : IIdKind => Ulid.Reverse(id.ToString());
}
