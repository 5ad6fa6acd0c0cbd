using Marketplace.Contracts;
using Marketplace.Runtime.Time;

namespace Marketplace.Finance.Focus;

/// <summary>Exports a month's costs as the FinOps Open Cost and Usage Specification 1.4 has them.</summary>
public sealed class ExportFocus(
    ICostRecords costs, ICreditRecords credits, ILeasedCapacities leases, IOrganisationNames organisations, ICatalogue catalogue, ReadPeriods periods, TimeProvider time)
{
    /// <summary>A dataset of a month, of all buyers.</summary>
    public async Task<FocusTable> ExportAsync(FocusDataset dataset, BillingPeriod period, CancellationToken cancellationToken) => dataset switch
    {
        FocusDataset.CostAndUsage => await CostAndUsageAsync(period, cancellationToken),
        FocusDataset.BillingPeriod => FocusRows.BillingPeriods(period, (await periods.FindAsync(period, cancellationToken))?.ClosedAt, time.Now()),
        FocusDataset.InvoiceDetail => FocusRows.InvoiceDetails(
            period, await costs.ListInvoicesAsync(period, cancellationToken).ToListAsync(cancellationToken), await CreditsAsync(period, cancellationToken)),
        _ => throw new InvariantException($"Unknown dataset {dataset}."),
    };

    private async Task<FocusTable> CostAndUsageAsync(BillingPeriod period, CancellationToken cancellationToken)
    {
        var all = await costs.ListAsync(period, cancellationToken).ToListAsync(cancellationToken);
        var credited = await CreditsAsync(period, cancellationToken);
        var terms = new FocusTerms(leases, organisations, catalogue);
        foreach (var cost in all.Concat(credited.Select(c => c.Cost))) await terms.LearnAsync(cost, cancellationToken);
        return FocusRows.CostAndUsage(period, all, credited, terms);
    }

    private async Task<List<CreditedCost>> CreditsAsync(BillingPeriod period, CancellationToken cancellationToken)
    {
        var lines = new List<CreditedCost>();
        await foreach (var credit in credits.ListAsync(period, cancellationToken))
        {
            foreach (var line in credit.Lines)
            {
                var cost = await costs.FindAsync(credit.Buyer, line.UsageId, cancellationToken)
                    ?? throw new InvariantException($"The charge of {line.UsageId}, which {credit.Id} takes back, is gone.");
                lines.Add(new CreditedCost(credit, line, cost));
            }
        }

        return lines;
    }
}
