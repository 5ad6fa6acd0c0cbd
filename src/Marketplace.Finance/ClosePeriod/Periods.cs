using Marketplace.Contracts;
using Marketplace.Runtime.Store;

namespace Marketplace.Finance;

/// <summary>Reads which months are closed.</summary>
public sealed class Periods(IPartitionStore store) : IPeriods
{
    /// <inheritdoc/>
    public async Task<bool> IsClosedAsync(BillingPeriod period, CancellationToken cancellationToken) =>
        await store.ReadAsync(FinanceRows.Periods, FinanceRows.Closed(period), cancellationToken) is not null;
}
