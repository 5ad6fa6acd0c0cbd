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

    /// <summary>Closed months, newest last.</summary>
    public static RowRange Closures { get; } = RowRange.StartingWith("closed!");

    /// <summary>Some of the accruals of a closure.</summary>
    public static string Accruals(ReconciliationId closure, int part) => string.Create(CultureInfo.InvariantCulture, $"accruals!{closure}!{part:D5}");

    public static string Resolution(BillingPeriod period, string differenceId) => $"resolved!{period}!{differenceId}";

    public static RowRange Resolutions(BillingPeriod period) => RowRange.StartingWith($"resolved!{period}!");

    public static string Differences(ReconciliationId id, int part) => string.Create(CultureInfo.InvariantCulture, $"differences!{id}!{part:D5}");

    public static RowRange DifferencesOf(ReconciliationId id) => RowRange.StartingWith($"differences!{id}!");
}
