namespace Marketplace.Finance.Focus;

/// <summary>The datasets of the FinOps Open Cost and Usage Specification 1.4 that are exported.</summary>
public enum FocusDataset
{
    /// <summary>What was used and what it costs: a row per lease, hour and price, and a row for the tax of each charge.</summary>
    CostAndUsage,

    /// <summary>The month, and whether it is closed.</summary>
    BillingPeriod,

    /// <summary>The lines of invoices, credit notes and refunds, with their tax beside them.</summary>
    InvoiceDetail,
}

/// <summary>What a column holds.</summary>
public enum FocusType
{
    /// <summary>Text: a <see cref="string"/>.</summary>
    Text,

    /// <summary>A time in UTC: a <see cref="NodaTime.Instant"/>.</summary>
    Time,

    /// <summary>A number: a <see cref="decimal"/>.</summary>
    Number,
}

/// <summary>A column.</summary>
/// <param name="Name">Its id in the specification.</param>
/// <param name="Type">What it holds.</param>
/// <param name="IsNullable">Whether it may be null.</param>
public sealed record FocusColumn(string Name, FocusType Type, bool IsNullable);

/// <summary>A dataset of a month.</summary>
/// <param name="Dataset">Which.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">A value for each column, in their order: a string, an instant, a decimal or null.</param>
public sealed record FocusTable(FocusDataset Dataset, IReadOnlyList<FocusColumn> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows);
