using System.Runtime.CompilerServices;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Prepaid;
using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.Billing.Records;

/// <summary>Reads payments in advance, and what they paid, of our own store.</summary>
public sealed class PrepaidRecords(IPartitionStore store) : IPrepaidRecords
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<BookedTopUp> ListTopUpsAsync(BillingPeriod period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var topUp in ReadAsync<TopUp>(period, BillingRows.TopUpPrefix, cancellationToken))
        {
            if (topUp.State == TopUpState.Paid && BillingPeriod.Containing(topUp.EndedAt!.Value) == period)
                yield return new BookedTopUp(topUp.TopUpId, topUp.Buyer, topUp.Amount, topUp.EntryId, topUp.EndedAt.Value, topUp.ExternalPaymentId!);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BookedPrepaidUse> ListUsesAsync(BillingPeriod period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var invoice in ReadAsync<Invoice>(period, BillingRows.InvoicePrefix, cancellationToken))
        {
            foreach (var use in invoice.PrepaidUses ?? [])
            {
                if (BillingPeriod.Containing(use.UsedAt) == period)
                    yield return new BookedPrepaidUse(
                        use.Reference(invoice.InvoiceId), invoice.InvoiceId, invoice.Buyer, use.Amount, use.EntryId, use.UsedAt, use.ExternalId);
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BookedTopUpRefund> ListRefundsAsync(BillingPeriod period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var topUp in ReadAsync<TopUp>(period, BillingRows.TopUpPrefix, cancellationToken))
        {
            foreach (var refund in topUp.Refunds)
            {
                if (BillingPeriod.Containing(refund.OrderedAt) == period)
                    yield return new BookedTopUpRefund(refund.RefundId, topUp.TopUpId, topUp.Buyer, refund.Amount, refund.OrderedAt, refund.ExternalId);
            }
        }
    }

    private async IAsyncEnumerable<T> ReadAsync<T>(BillingPeriod period, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in store.ReadRangeAsync(BillingIndex.Partition(BillingIndex.Prepaid(period)), RowRange.StartingWith(prefix), cancellationToken))
        {
            var owner = MarketplaceJson.Deserialize<IndexRow>(entry.Body).Organisation;
            var row = await store.ReadAsync(BillingRows.Of(owner), entry.RowKey, cancellationToken)
                ?? throw new InvariantException($"The indexed row {entry.RowKey} is gone.");
            yield return MarketplaceJson.Deserialize<T>(row.Body);
        }
    }
}
