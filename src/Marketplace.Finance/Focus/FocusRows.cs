using System.Globalization;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Finance.Focus;

/// <summary>A credit note or refund line with the charge that it takes back.</summary>
internal sealed record CreditedCost(BookedCredit Credit, BookedCreditLine Line, CostRecord Cost);

/// <summary>Makes rows of charges, invoices and credits. Values by column name; columns that are not named are null.</summary>
internal static class FocusRows
{
    /// <summary>Who issues the invoices. Who sells and whose machines they are, each row says for itself.</summary>
    public const string Issuer = "GPU-hour marketplace";

    private const string Service = "GPU hours";
    private const string Meter = "GPU Usage";

    public static FocusTable CostAndUsage(
        BillingPeriod period, IEnumerable<CostRecord> costs, IEnumerable<CreditedCost> credits, FocusTerms terms)
    {
        var rows = new List<Dictionary<string, object?>>();
        var all = costs.ToList();
        var hours = all.SelectMany(cost => cost.Hours.Select(hour => (Cost: cost, Hour: hour)))
            .GroupBy(part => (part.Cost.InvoiceId, part.Cost.LeaseId, part.Hour.Hour, part.Cost.Price, part.Cost.IsCorrection));
        foreach (var group in hours) rows.Add(Usage(period, [.. group], terms));
        foreach (var cost in all.Where(c => !c.Tax.IsZero))
        {
            rows.Add(Charge(period, cost, "Tax", cost.Tax, cost.InvoiceId?.ToString(), cost.IsCorrection, $"Tax on usage record {cost.UsageId}", terms));
        }

        foreach (var (credit, line, cost) in credits)
        {
            var name = credit.IsRefund ? "Refund" : "Credit note";
            var net = line.Share + line.Fee;
            if (!net.IsZero) rows.Add(Charge(period, cost, "Usage", -net, credit.Id, true, $"{name} on invoice {credit.InvoiceId}, usage record {cost.UsageId}", terms));
            if (!line.Tax.IsZero) rows.Add(Charge(period, cost, "Tax", -line.Tax, credit.Id, true, $"{name} on invoice {credit.InvoiceId}, tax on usage record {cost.UsageId}", terms));
        }

        return Table(FocusDataset.CostAndUsage, rows);
    }

    public static FocusTable BillingPeriods(BillingPeriod period, Instant? closedAt, Instant now) => Table(FocusDataset.BillingPeriod,
    [
        new()
        {
            ["BillingPeriodCreated"] = period.Start,
            ["BillingPeriodStart"] = period.Start,
            ["BillingPeriodEnd"] = period.End,
            ["BillingPeriodLastUpdated"] = closedAt ?? now,
            ["BillingPeriodStatus"] = closedAt is null ? "Open" : "Closed",
            ["InvoiceIssuerName"] = Issuer,
        },
    ]);

    public static FocusTable InvoiceDetails(BillingPeriod period, IEnumerable<InvoiceRecord> invoices, IEnumerable<CreditedCost> credits)
    {
        var rows = new List<Dictionary<string, object?>>();
        foreach (var invoice in invoices)
        {
            foreach (var line in invoice.Lines)
            {
                var document = new Document(invoice.InvoiceId.ToString(), invoice.InvoiceId.ToString(), invoice.Buyer, invoice.CreatedAt, invoice.IssuedAt);
                rows.AddRange(Details(period, document, line.UsageId, line.LeaseId, line.Amount - line.Tax, line.Tax));
            }
        }

        foreach (var (credit, line, cost) in credits)
        {
            var document = new Document(credit.Id, credit.InvoiceId.ToString(), credit.Buyer, credit.BookedAt, credit.BookedAt);
            rows.AddRange(Details(period, document, line.UsageId, cost.LeaseId, -(line.Share + line.Fee), -line.Tax));
        }

        return Table(FocusDataset.InvoiceDetail, rows);
    }

    private static Dictionary<string, object?> Usage(BillingPeriod period, IReadOnlyList<(CostRecord Cost, HourCost Hour)> parts, FocusTerms terms)
    {
        var (cost, hour) = parts[0];
        var used = parts.Sum(p => p.Hour.Used.GpuSeconds);
        var billed = parts.Skip(1).Aggregate(hour.Amount, (sum, p) => sum + p.Hour.Amount);
        var price = cost.Price.MicrosPerGpuHour / 1_000_000m;
        var quantity = Math.Round(used / 3600m, 9);
        var row = Charge(
            period, cost, "Usage", billed, cost.InvoiceId?.ToString(), cost.IsCorrection, $"{used} GPU-seconds of lease {cost.LeaseId}", terms);
        var atPrice = Math.Round(cost.Price.MicrosPerGpuHour * (decimal)used / 3_600_000_000m, 9);
        row["ChargePeriodStart"] = hour.Hour.Start;
        row["ChargePeriodEnd"] = hour.Hour.End;
        row["ConsumedQuantity"] = (decimal)used;
        row["ConsumedUnit"] = "GPU-Seconds";
        row["ContractedCost"] = atPrice;
        row["ContractedUnitPrice"] = price;
        row["ListCost"] = atPrice;
        row["ListUnitPrice"] = price;
        row["PricingCategory"] = "Dynamic";
        row["PricingQuantity"] = quantity;
        row["PricingUnit"] = "GPU-Hours";
        return row;
    }

    private static Dictionary<string, object?> Charge(
        BillingPeriod period, CostRecord cost, string category, Money billed, string? invoice, bool isCorrection, string description, FocusTerms terms)
    {
        var amount = Decimal(billed);
        var sold = terms[cost.LeaseId];
        // Tax is on a lease, in a region, and is no SKU.
        var sku = category == "Tax" ? null : sold;
        var host = sold?.Host ?? cost.Provider;
        return new()
        {
            ["BilledCost"] = amount,
            ["BillingAccountId"] = cost.Buyer.ToString(),
            ["BillingAccountName"] = terms[cost.Buyer],
            ["BillingCurrency"] = billed.Currency.Code,
            ["BillingPeriodStart"] = period.Start,
            ["BillingPeriodEnd"] = period.End,
            ["ChargeCategory"] = category,
            ["ChargeClass"] = isCorrection ? "Correction" : null,
            ["ChargeDescription"] = description,
            ["ChargeFrequency"] = "Usage-Based",
            ["ChargePeriodStart"] = cost.From,
            ["ChargePeriodEnd"] = cost.To,
            ["ContractedCost"] = amount,
            ["EffectiveCost"] = amount,
            ["HostProviderName"] = terms[host],
            ["InvoiceId"] = invoice,
            ["InvoiceIssuerName"] = Issuer,
            ["ListCost"] = amount,
            ["RegionId"] = sold?.Book.Hub.ToString(),
            ["RegionName"] = sold?.HubName,
            ["ResourceId"] = cost.LeaseId.ToString(),
            ["ResourceType"] = "GPU lease",
            ["ServiceCategory"] = "Compute",
            ["ServiceName"] = Service,
            ["ServiceProviderName"] = terms[cost.Provider],
            ["SkuId"] = sku?.SkuId,
            ["SkuMeter"] = sku is null ? null : Meter,
            ["SkuPriceDetails"] = sku?.Details,
            ["SkuPriceId"] = sku?.SkuPriceId,
            ["x_HostProviderId"] = host.ToString(),
            ["x_ServiceProviderId"] = cost.Provider.ToString(),
        };
    }

    /// <summary>A line is two rows, so that what is used and what is taxed can be told apart; rows of nothing are left out.</summary>
    private static IEnumerable<Dictionary<string, object?>> Details(
        BillingPeriod period, Document document, UsageId usage, LeaseId lease, Money net, Money tax)
    {
        foreach (var (category, amount, suffix) in new[] { ("Usage", net, ""), ("Tax", tax, ":tax") })
        {
            if (amount.IsZero) continue;
            yield return new()
            {
                ["BilledCost"] = Decimal(amount),
                ["BillingAccountId"] = document.Buyer.ToString(),
                ["BillingCurrency"] = amount.Currency.Code,
                ["BillingPeriodStart"] = period.Start,
                ["BillingPeriodEnd"] = period.End,
                ["ChargeCategory"] = category,
                ["InvoiceDetailCreated"] = document.CreatedAt,
                ["InvoiceDetailDescription"] = $"{Service}, usage record {usage}",
                ["InvoiceDetailGrain"] = $$"""{"ResourceId":"{{lease}}","ServiceName":"{{Service}}","x_UsageId":"{{usage}}"}""",
                ["InvoiceDetailId"] = $"{document.Id}:{usage}{suffix}",
                ["InvoiceDetailLastUpdated"] = document.IssuedAt ?? document.CreatedAt,
                ["InvoiceId"] = document.Id,
                ["InvoiceIssueDate"] = document.IssuedAt,
                ["InvoiceIssueStatus"] = document.IssuedAt is null ? "Open" : "Issued",
                ["InvoiceIssuerName"] = Issuer,
                ["PaymentCurrency"] = amount.Currency.Code,
                ["PaymentTerms"] = "Due on receipt",
                ["ReferenceInvoiceId"] = document.Reference,
            };
        }
    }

    private static decimal Decimal(Money amount) => decimal.Parse(amount.Amount, CultureInfo.InvariantCulture);

    private static FocusTable Table(FocusDataset dataset, IEnumerable<Dictionary<string, object?>> rows)
    {
        var columns = FocusColumns.Of(dataset);
        return new FocusTable(dataset, columns, [.. rows.Select(row => (IReadOnlyList<object?>)[.. columns.Select(c => row.GetValueOrDefault(c.Name))])]);
    }

    /// <summary>An invoice, credit note or refund, and the invoice that it changes: itself for an invoice.</summary>
    private sealed record Document(string Id, string Reference, OrganisationId Buyer, Instant CreatedAt, Instant? IssuedAt);
}
