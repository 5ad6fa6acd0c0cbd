using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.Rows;

/// <summary>
/// Command: note in an index partition which organisation holds a row, so that finance can list over all organisations. The row
/// itself is read where it is kept, so an index is never stale, at most late.
/// </summary>
/// <param name="Index">The index partition.</param>
/// <param name="RowKey">The row key, the same in the index and in the organisation's partition.</param>
/// <param name="Organisation">Whose partition holds the row.</param>
public sealed record IndexBillingRow(string Index, string RowKey, OrganisationId Organisation) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.index-row.v1";
}

/// <summary>The index partitions.</summary>
internal static class BillingIndex
{
    public const string Accounts = "index-accounts";
    public const string Invoices = "index-invoices";
    public const string Payouts = "index-payouts";
    public const string TopUps = "index-top-ups";

    /// <summary>Charges by the month in which their usage was metered.</summary>
    public static string Charges(BillingPeriod period) => $"index-charges-{period}";

    /// <summary>Credit notes and refunds by the month in which they were booked.</summary>
    public static string Credits(BillingPeriod period) => $"index-credits-{period}";

    /// <summary>Top-ups paid or refunded in a month, and invoices that were paid in advance in it.</summary>
    public static string Prepaid(BillingPeriod period) => $"index-prepaid-{period}";

    /// <summary>Payouts of which something was taken back in a month.</summary>
    public static string Reversals(BillingPeriod period) => $"index-reversals-{period}";

    /// <summary>What was set aside, held or let go, or given up in a month: holds of trades, shares of contested charges, invoices.</summary>
    public static string Reserves(BillingPeriod period) => $"index-reserves-{period}";

    /// <summary>Disputes of an organisation, on either side; of everyone if none is given.</summary>
    public static string Disputes(OrganisationId? party) => party is { } own ? $"index-disputes-{own}" : "index-disputes";

    public static PartitionId Partition(string index) => new(BillingRows.Table, index);
}

/// <summary>An index row.</summary>
/// <param name="Organisation">Whose partition holds the row of the same key.</param>
internal sealed record IndexRow(OrganisationId Organisation);

/// <summary>Writes index rows.</summary>
public sealed class IndexBillingRowHandler(Workspace workspace) : IMessageHandler<IndexBillingRow>
{
    /// <inheritdoc/>
    public Task HandleAsync(IndexBillingRow message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            BillingIndex.Partition(message.Index),
            context,
            async work =>
            {
                if (await work.ReadAsync<IndexRow>(message.RowKey, cancellationToken) is null)
                    work.Put(message.RowKey, new IndexRow(message.Organisation));
            },
            cancellationToken);
}
