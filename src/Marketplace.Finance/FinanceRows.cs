using System.Globalization;
using Marketplace.Runtime.Store;

namespace Marketplace.Finance;

/// <summary>The partition and row keys of the <c>finance</c> table.</summary>
internal static class FinanceRows
{
    public static PartitionId Reconciliations { get; } = new("finance", "reconciliations");

    /// <summary>Months that are closed.</summary>
    public static PartitionId Periods { get; } = new("finance", "periods");

    public static RowRange Reports { get; } = RowRange.StartingWith("report!");

    /// <summary>Reports are listed newest first.</summary>
    public static string Report(ReconciliationId id) => $"report!{Ulid.Reverse(id.ToString())}";

    public static string Closed(BillingPeriod period) => $"closed!{period}";

    public static string Differences(ReconciliationId id, int part) => string.Create(CultureInfo.InvariantCulture, $"differences!{id}!{part:D5}");

    public static RowRange DifferencesOf(ReconciliationId id) => RowRange.StartingWith($"differences!{id}!");
}
