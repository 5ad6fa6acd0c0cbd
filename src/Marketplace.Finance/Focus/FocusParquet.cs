using NodaTime;
using Parquet;
using Parquet.Schema;

namespace Marketplace.Finance.Focus;

/// <summary>A dataset as Parquet: text as UTF-8 strings, times as UTC timestamps in milliseconds, numbers as decimal(38,9).</summary>
public static class FocusParquet
{
    private const int RowsPerGroup = 50_000;

    /// <summary>Writes a table.</summary>
    public static async Task WriteAsync(FocusTable table, Stream target, CancellationToken cancellationToken)
    {
        var fields = table.Columns.Select(Field).ToList();
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), target, cancellationToken: cancellationToken);
        foreach (var rows in table.Rows.Chunk(RowsPerGroup))
        {
            using var group = writer.CreateRowGroup();
            for (var i = 0; i < fields.Count; i++) await WriteAsync(group, fields[i], table.Columns[i], [.. rows.Select(row => row[i])], cancellationToken);
        }
    }

    private static DataField Field(FocusColumn column) => column.Type switch
    {
        FocusType.Text => new DataField(column.Name, typeof(string), column.IsNullable),
        FocusType.Time => new DateTimeDataField(column.Name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, unit: DateTimeTimeUnit.Millis, isNullable: column.IsNullable),
        FocusType.Number => new DecimalDataField(column.Name, 38, 9, isNullable: column.IsNullable),
        _ => throw new InvariantException($"Unknown column type {column.Type}."),
    };

    private static async Task WriteAsync(
        ParquetRowGroupWriter group, DataField field, FocusColumn column, IReadOnlyList<object?> values, CancellationToken cancellationToken)
    {
        switch (column.Type)
        {
            case FocusType.Text:
                await group.WriteAsync(field, [.. values.Select(v => (string?)v!)]);
                break;
            case FocusType.Time when column.IsNullable:
                await group.WriteAsync<DateTime>(field, values.Select(v => v is Instant time ? time.ToDateTimeUtc() : (DateTime?)null).ToArray().AsMemory(), cancellationToken: cancellationToken);
                break;
            case FocusType.Time:
                await group.WriteAsync<DateTime>(field, values.Select(v => ((Instant)v!).ToDateTimeUtc()).ToArray().AsMemory(), cancellationToken: cancellationToken);
                break;
            case FocusType.Number when column.IsNullable:
                await group.WriteAsync<decimal>(field, values.Select(v => (decimal?)v).ToArray().AsMemory(), cancellationToken: cancellationToken);
                break;
            default:
                await group.WriteAsync<decimal>(field, values.Select(v => (decimal)v!).ToArray().AsMemory(), cancellationToken: cancellationToken);
                break;
        }
    }
}
