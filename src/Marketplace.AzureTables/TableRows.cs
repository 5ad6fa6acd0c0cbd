using Azure.Data.Tables;
using Marketplace.Runtime.Store;

namespace Marketplace.AzureTables;

/// <summary>
/// Entities as table rows: the body in binary properties <c>B00</c>, <c>B01</c>… of at most 64 KiB each, which is all that one
/// property may hold. An empty body has no property.
/// </summary>
internal static class TableRows
{
    private const int MaxPropertyBytes = 64 * 1024;

    public static TableEntity ToRow(PartitionId partition, string rowKey, ReadOnlyMemory<byte> body)
    {
        var row = new TableEntity(partition.Partition, rowKey);
        for (var at = 0; at < body.Length; at += MaxPropertyBytes)
        {
            row[Property(at / MaxPropertyBytes)] = body.Slice(at, Math.Min(MaxPropertyBytes, body.Length - at)).ToArray();
        }

        return row;
    }

    public static Entity ToEntity(TableEntity row) => new(row.RowKey, row.ETag.ToString(), ToBody(row));

    private static byte[] ToBody(TableEntity row)
    {
        var first = row.GetBinary(Property(0)) ?? [];
        if (first.Length < MaxPropertyBytes) return first;
        using var body = new MemoryStream();
        body.Write(first);
        for (var i = 1; row.GetBinary(Property(i)) is { } part; i++) body.Write(part);
        return body.ToArray();
    }

    private static string Property(int number) => $"B{number:D2}";
}
