using System.Text.Json;
using Marketplace.Finance.Focus;
using NodaTime;

namespace Marketplace.Finance.Tests.Focus;

/// <summary>The rules of FOCUS 1.4 that can be checked on the data, written from the specification and not from the exporter.</summary>
internal static class FocusChecker
{
    private static readonly Dictionary<FocusDataset, (string Names, string Nullable)> Mandatory = new()
    {
        [FocusDataset.CostAndUsage] = (
            "BilledCost BillingAccountId BillingCurrency BillingPeriodEnd BillingPeriodStart ChargeCategory ChargePeriodEnd ChargePeriodStart ContractedCost EffectiveCost HostProviderName InvoiceIssuerName ListCost ServiceCategory ServiceName ServiceProviderName",
            "BillingAccountName ChargeClass ChargeDescription PricingQuantity PricingUnit"),
        [FocusDataset.BillingPeriod] = (
            "BillingPeriodCreated BillingPeriodEnd BillingPeriodLastUpdated BillingPeriodStart BillingPeriodStatus InvoiceIssuerName", ""),
        [FocusDataset.InvoiceDetail] = (
            "BilledCost BillingAccountId BillingCurrency BillingPeriodEnd BillingPeriodStart ChargeCategory InvoiceDetailCreated InvoiceDetailId InvoiceDetailLastUpdated InvoiceId InvoiceIssueStatus InvoiceIssuerName PaymentCurrency PaymentTerms ReferenceInvoiceId",
            "InvoiceDetailDescription InvoiceDetailGrain InvoiceIssueDate PaymentDueDate"),
    };

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["ChargeCategory"] = ["Usage", "Purchase", "Tax", "Credit", "Adjustment"],
        ["ChargeClass"] = ["Correction"],
        ["ChargeFrequency"] = ["One-Time", "Recurring", "Usage-Based"],
        ["PricingCategory"] = ["Standard", "Dynamic", "Committed", "Other"],
        ["ServiceCategory"] = ["AI and Machine Learning", "Compute"],
        ["BillingPeriodStatus"] = ["Open", "Closed"],
        ["InvoiceIssueStatus"] = ["Open", "Issued", "Voided"],
        ["BillingCurrency"] = ["USD", "CNY", "JPY"],
        ["PaymentCurrency"] = ["USD", "CNY", "JPY"],
    };

    /// <summary>Columns that are conditional there and whose conditions hold here: prices are by unit and published, and there are regions.</summary>
    private const string Conditional =
        "ChargeFrequency ConsumedQuantity ConsumedUnit ContractedUnitPrice InvoiceId ListUnitPrice PricingCategory RegionId RegionName ResourceId ResourceType SkuId SkuMeter SkuPriceDetails SkuPriceId";

    private static readonly HashSet<string> Numbers =
        ["BilledCost", "ContractedCost", "EffectiveCost", "ListCost", "PricingQuantity", "ConsumedQuantity", "ListUnitPrice", "ContractedUnitPrice"];

    private static readonly HashSet<string> Times =
    [
        "BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodCreated", "BillingPeriodLastUpdated",
        "InvoiceDetailCreated", "InvoiceDetailLastUpdated", "InvoiceIssueDate", "PaymentDueDate",
    ];

    /// <summary>What is wrong with one dataset, a line each.</summary>
    public static IEnumerable<string> Check(FocusTable table)
    {
        var (names, nullable) = Mandatory[table.Dataset];
        var columns = table.Columns.Select((c, i) => (c.Name, i)).ToDictionary(c => c.Name, c => c.i);
        foreach (var name in names.Split(' ').Concat(nullable.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(n => !columns.ContainsKey(n)))
            yield return $"column {name} is missing";
        foreach (var name in Conditional.Split(' ').Where(n => table.Dataset == FocusDataset.CostAndUsage && !columns.ContainsKey(n))) yield return $"column {name} is missing";
        foreach (var (row, number) in table.Rows.Select((r, i) => (r, i)))
        {
            object? Value(string name) => columns.TryGetValue(name, out var i) ? row[i] : null;
            foreach (var name in names.Split(' ').Where(n => Value(n) is null)) yield return $"row {number}: {name} is null";
            foreach (var (name, i) in columns)
            {
                var isRight = row[i] switch { null => true, decimal => Numbers.Contains(name), Instant => Times.Contains(name), string text => !Numbers.Contains(name) && !Times.Contains(name) && text.Length > 0, _ => false };
                if (!isRight) yield return $"row {number}: {name} has the wrong type";
                if (row[i] is string value && Allowed.TryGetValue(name, out var allowed) && !allowed.Contains(value)) yield return $"row {number}: {name} may not be {value}";
            }

            foreach (var violation in Row(Value)) yield return $"row {number}: {violation}";
        }

        if (table.Dataset != FocusDataset.CostAndUsage) yield break;
        var keys = table.Rows.Where(r => r[columns["ListUnitPrice"]] is not null).GroupBy(r => (
            r[columns["InvoiceId"]], r[columns["ResourceId"]], r[columns["ChargePeriodStart"]], r[columns["ListUnitPrice"]], r[columns["ChargeClass"]]));
        foreach (var twice in keys.Where(g => g.Count() > 1)) yield return $"{twice.Key} has several rows";
        foreach (var (one, other) in new[] { ("SkuPriceId", "SkuId"), ("SkuPriceId", "SkuPriceDetails"), ("SkuId", "SkuMeter"), ("RegionId", "RegionName") })
        {
            var several = table.Rows.Where(r => r[columns[one]] is not null).GroupBy(r => r[columns[one]]).Where(g => g.Select(r => r[columns[other]]).Distinct().Count() > 1);
            foreach (var key in several) yield return $"{one} {key.Key} has several {other}";
        }
    }

    /// <summary>What does not agree between the datasets of a month, and with the invoices.</summary>
    public static IEnumerable<string> CheckAcross(FocusTable costs, FocusTable details, FocusTable periods, IReadOnlyDictionary<string, decimal> totals)
    {
        var billed = Sums(costs);
        var detailed = Sums(details);
        foreach (var id in totals.Keys.Union(billed.Keys).Union(detailed.Keys))
        {
            if (billed.GetValueOrDefault(id) != totals.GetValueOrDefault(id)) yield return $"{id} is {totals.GetValueOrDefault(id)}, its costs are {billed.GetValueOrDefault(id)}";
            if (detailed.GetValueOrDefault(id) != totals.GetValueOrDefault(id)) yield return $"{id} is {totals.GetValueOrDefault(id)}, its details are {detailed.GetValueOrDefault(id)}";
        }

        var ids = details.Rows.GroupBy(r => r[Index(details, "InvoiceDetailId")]).Where(g => g.Count() > 1);
        foreach (var id in ids) yield return $"the detail {id.Key} is there twice";
        var known = periods.Rows.Select(r => (r[Index(periods, "BillingPeriodStart")], r[Index(periods, "InvoiceIssuerName")])).ToHashSet();
        foreach (var table in new[] { costs, details })
        {
            var strangers = table.Rows.Count(r => !known.Contains((r[Index(table, "BillingPeriodStart")], r[Index(table, "InvoiceIssuerName")])));
            if (strangers > 0) yield return $"{strangers} rows of {table.Dataset} are of a period that is not described";
        }
    }

    public static int Index(FocusTable table, string column) => table.Columns.Select(c => c.Name).ToList().IndexOf(column);

    private static IEnumerable<string> Row(Func<string, object?> value)
    {
        foreach (var period in new[] { "BillingPeriod", "ChargePeriod" })
        {
            if (value(period + "Start") is Instant start && value(period + "End") is Instant end && start >= end) yield return $"{period} ends before it starts";
        }

        foreach (var (quantity, unit) in new[] { ("PricingQuantity", "PricingUnit"), ("ConsumedQuantity", "ConsumedUnit") })
        {
            if (value(quantity) is null != value(unit) is null) yield return $"{quantity} without {unit} or the reverse";
        }

        foreach (var (cost, price) in new[] { ("ListCost", "ListUnitPrice"), ("ContractedCost", "ContractedUnitPrice") })
        {
            if (value(price) is decimal each && value("PricingQuantity") is decimal quantity && value(cost) is decimal sum && Math.Abs(each * quantity - sum) > 0.000001m * (1 + Math.Abs(each)))
                yield return $"{cost} is not {price} times PricingQuantity";
        }

        if (value("ChargePeriodStart") is not null && value("ChargeCategory") is "Usage" && value("ChargeClass") is null && value("PricingQuantity") is null) yield return "usage without a quantity";
        if (value("ChargeCategory") is "Tax" && value("PricingCategory") is not null) yield return "tax with a pricing category";
        foreach (var (name, basis, isNeeded) in new[]
        {
            ("RegionName", "RegionId", true), ("ResourceType", "ResourceId", true), ("SkuMeter", "SkuId", true), ("SkuPriceId", "SkuId", false), ("SkuPriceDetails", "SkuPriceId", false),
        })
        {
            if (value(basis) is null && value(name) is not null) yield return $"{name} without {basis}";
            if (isNeeded && value(basis) is not null && value(name) is null) yield return $"{basis} without {name}";
        }

        foreach (var sku in new[] { "SkuId", "SkuPriceId" })
        {
            if (value("ChargeCategory") is "Tax" && value(sku) is not null) yield return $"tax with {sku}";
            if (value("ChargePeriodStart") is not null && value("ChargeCategory") is "Usage" or "Purchase" && value("ChargeClass") is null && value(sku) is null) yield return $"usage without {sku}";
        }

        if (value("SkuPriceDetails") is string details && !IsKeyValue(details)) yield return "SkuPriceDetails is no list of keys and values";
        if (value("ChargePeriodEnd") is Instant used && value("BillingPeriodEnd") is Instant month && value("ChargeCategory") is "Usage" && used > month)
            yield return "charged for what is after the billing period";
    }

    /// <summary>A JSON object of plain values, whose keys are those that the specification defines or begin with x_.</summary>
    private static bool IsKeyValue(string text)
    {
        string[] defined = ["CoreCount", "GpuCount", "InstanceType", "InstanceSeries", "MemorySize", "OperatingSystem"];
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.EnumerateObject().All(p =>
                (defined.Contains(p.Name) || p.Name.StartsWith("x_", StringComparison.Ordinal)) && p.Value.ValueKind is not JsonValueKind.Object and not JsonValueKind.Array);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static Dictionary<string, decimal> Sums(FocusTable table) => table.Rows
        .Where(r => r[Index(table, "InvoiceId")] is not null)
        .GroupBy(r => (string)r[Index(table, "InvoiceId")]!)
        .ToDictionary(g => g.Key, g => g.Sum(r => r[Index(table, "BilledCost")] as decimal? ?? 0));
}
