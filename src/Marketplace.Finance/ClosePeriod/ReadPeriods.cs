using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.Finance;

/// <summary>Reads which months are closed.</summary>
public sealed class ReadPeriods(IPartitionStore store) : IPeriods
{
    /// <inheritdoc/>
    public async Task<bool> IsClosedAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        await FindAsync(period, cancellationToken) is not null;

    /// <summary>How a month was closed, or null while it is open.</summary>
    public async Task<ClosedPeriod?> FindAsync(BillingPeriod period, CancellationToken cancellationToken)
    {
        var row = await store.ReadAsync(FinanceRows.Periods, FinanceRows.Closed(period), cancellationToken);
        return row is null ? null : MarketplaceJson.Deserialize<ClosedPeriod>(row.Body);
    }

    /// <summary>All closed months, the latest first.</summary>
    public async Task<IReadOnlyList<ClosedPeriod>> ListAsync(CancellationToken cancellationToken)
    {
        var closed = new List<ClosedPeriod>();
        await foreach (var row in store.ReadRangeAsync(FinanceRows.Periods, FinanceRows.Closures, cancellationToken))
        {
            closed.Add(MarketplaceJson.Deserialize<ClosedPeriod>(row.Body));
        }

        closed.Reverse();
        return closed;
    }
}
