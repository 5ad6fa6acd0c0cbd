namespace Marketplace.Finance.Focus;

/// <summary>The columns of each dataset: all that are mandatory, and the conditional ones that apply, by name.</summary>
public static class FocusColumns
{
    /// <summary>The columns of a dataset, in the order of their names.</summary>
    public static IReadOnlyList<FocusColumn> Of(FocusDataset dataset) => dataset switch
    {
        FocusDataset.CostAndUsage => CostAndUsage,
        FocusDataset.BillingPeriod => BillingPeriod,
        FocusDataset.InvoiceDetail => InvoiceDetail,
        _ => throw new InvariantException($"Unknown dataset {dataset}."),
    };

    private static IReadOnlyList<FocusColumn> CostAndUsage { get; } =
    [
        Number("BilledCost"),
        Text("BillingAccountId"),
        Text("BillingAccountName", isNullable: true),
        Text("BillingCurrency"),
        Time("BillingPeriodEnd"),
        Time("BillingPeriodStart"),
        Text("ChargeCategory"),
        Text("ChargeClass", isNullable: true),
        Text("ChargeDescription", isNullable: true),
        Text("ChargeFrequency"),
        Time("ChargePeriodEnd"),
        Time("ChargePeriodStart"),
        Number("ConsumedQuantity", isNullable: true),
        Text("ConsumedUnit", isNullable: true),
        Number("ContractedCost"),
        Number("ContractedUnitPrice", isNullable: true),
        Number("EffectiveCost"),
        Text("HostProviderName"),
        Text("InvoiceId", isNullable: true),
        Text("InvoiceIssuerName"),
        Number("ListCost"),
        Number("ListUnitPrice", isNullable: true),
        Text("PricingCategory", isNullable: true),
        Number("PricingQuantity", isNullable: true),
        Text("PricingUnit", isNullable: true),
        Text("RegionId", isNullable: true),
        Text("RegionName", isNullable: true),
        Text("ResourceId", isNullable: true),
        Text("ResourceType", isNullable: true),
        Text("ServiceCategory"),
        Text("ServiceName"),
        Text("ServiceProviderName"),
        Text("SkuId", isNullable: true),
        Text("SkuMeter", isNullable: true),
        Text("SkuPriceDetails", isNullable: true),
        Text("SkuPriceId", isNullable: true),
        Text("x_HostProviderId"),
        Text("x_ServiceProviderId"),
    ];

    private static IReadOnlyList<FocusColumn> BillingPeriod { get; } =
    [
        Time("BillingPeriodCreated"),
        Time("BillingPeriodEnd"),
        Time("BillingPeriodLastUpdated"),
        Time("BillingPeriodStart"),
        Text("BillingPeriodStatus"),
        Text("InvoiceIssuerName"),
    ];

    private static IReadOnlyList<FocusColumn> InvoiceDetail { get; } =
    [
        Number("BilledCost"),
        Text("BillingAccountId"),
        Text("BillingCurrency"),
        Time("BillingPeriodEnd"),
        Time("BillingPeriodStart"),
        Text("ChargeCategory"),
        Time("InvoiceDetailCreated"),
        Text("InvoiceDetailDescription", isNullable: true),
        Text("InvoiceDetailGrain", isNullable: true),
        Text("InvoiceDetailId"),
        Time("InvoiceDetailLastUpdated"),
        Text("InvoiceId"),
        Time("InvoiceIssueDate", isNullable: true),
        Text("InvoiceIssueStatus"),
        Text("InvoiceIssuerName"),
        Text("PaymentCurrency"),
        Time("PaymentDueDate", isNullable: true),
        Text("PaymentTerms"),
        Text("ReferenceInvoiceId"),
    ];

    private static FocusColumn Text(string name, bool isNullable = false) => new(name, FocusType.Text, isNullable);

    private static FocusColumn Time(string name, bool isNullable = false) => new(name, FocusType.Time, isNullable);

    private static FocusColumn Number(string name, bool isNullable = false) => new(name, FocusType.Number, isNullable);
}
