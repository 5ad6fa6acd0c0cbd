using System.Globalization;
using Marketplace.Runtime.Store;
using NodaTime;

namespace Marketplace.Metering;

/// <summary>The partitions and row keys of the <c>metering</c> table.</summary>
internal static class MeteringRows
{
    public const string Table = "metering";
    public const string State = "state";

    public static RowRange Batches { get; } = RowRange.StartingWith("batch!");

    public static RowRange Records { get; } = RowRange.StartingWith("record!");

    public static RowRange Segmented { get; } = RowRange.StartingWith("segments!");

    public static RowRange Indexed { get; } = RowRange.StartingWith("usage!");

    public static PartitionId Of(LeaseId lease) => new(Table, lease.ToString());

    public static RowRange Countersigned { get; } = RowRange.StartingWith("countersigned!");

    public static RowRange Keys { get; } = RowRange.StartingWith("key!");

    public static PartitionId Of(OrganisationId buyer) => new(Table, buyer.ToString());

    public static PartitionId Of(BillingPeriod period) => new(Table, $"period-{period}");

    public static string Batch(long number) => string.Create(CultureInfo.InvariantCulture, $"batch!{number:D8}");

    public static string BatchOf(string hash) => $"hash!{hash}";

    public static string Countersignature(long batch) => string.Create(CultureInfo.InvariantCulture, $"countersigned!{batch:D8}");

    public static string Key(CountersigningKeyId key) => $"key!{key}";

    public static string Record(int number) => string.Create(CultureInfo.InvariantCulture, $"record!{number:D6}");

    public static string Segments(int record, int part) => string.Create(CultureInfo.InvariantCulture, $"segments!{record:D6}!{part:D3}");

    public static string Index(Instant meteredAt, UsageId id) =>
        string.Create(CultureInfo.InvariantCulture, $"usage!{meteredAt.ToUnixTimeMilliseconds():D15}!{id}");
}
