using System.Runtime.CompilerServices;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;

namespace Marketplace.Metering;

/// <summary>Keeps usage records by month as well, where reconciliation lists them from.</summary>
internal sealed class IndexUsage(Workspace workspace) : IMessageHandler<UsageMetered>
{
    /// <summary>The month that a record is listed in.</summary>
    public static PartitionId PartitionOf(UsageMetered message) => MeteringRows.Of(BillingPeriod.Containing(message.MeteredAt));

    /// <inheritdoc/>
    public Task HandleAsync(UsageMetered message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(PartitionOf(message), context, async work =>
        {
            var row = MeteringRows.Index(message.MeteredAt, message.UsageId);
            if (await work.ReadAsync<UsageMetered>(row, cancellationToken) is null) work.Put(row, message);
        }, cancellationToken);
}

/// <summary>Lists usage records of a month.</summary>
internal sealed class UsageRecords(IPartitionStore store) : IUsageRecords
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<UsageMetered> ListAsync(BillingPeriod period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in store.ReadRangeAsync(MeteringRows.Of(period), MeteringRows.Indexed, cancellationToken))
        {
            yield return MarketplaceJson.Deserialize<UsageMetered>(row.Body);
        }
    }
}
