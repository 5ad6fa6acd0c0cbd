using Marketplace.Billing.Payments;
using NodaTime;
using Stripe;

namespace Marketplace.Stripe;

/// <content>Separate charges and transfers: transfers, their reversals, refunds.</content>
public sealed partial class StripeGateway
{
    /// <inheritdoc/>
    public async Task<string?> TransferAsync(TransferOrder order, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var create = new TransferCreateOptions
        {
            Amount = order.Amount.MinorUnits,
            Currency = ToCode(order.Amount.Currency),
            Destination = order.ExternalAccountId,
            SourceTransaction = order.ExternalPaymentId,
            TransferGroup = order.InvoiceId.ToString(),
            Metadata = new()
            {
                [MetadataNames.Payout] = order.PayoutId.ToString(),
                [MetadataNames.Invoice] = order.InvoiceId.ToString(),
            },
        };
        try
        {
            // Stripe keeps its refusal as the answer to the key, so that another attempt needs another.
            var transfer = await Write(
                order.Attempt == 1 ? $"transfer:{order.PayoutId}" : $"transfer:{order.PayoutId}:attempt-{order.Attempt}",
                firstTriedAt,
                () => FindTransfer(order, cancellationToken),
                request => client.V1.Transfers.CreateAsync(create, request, cancellationToken),
                cancellationToken);
            return transfer.Id;
        }
        catch (PaymentServiceException fault) when (order.ExternalPaymentId is null && IsBalanceInsufficient(fault))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<string?> ReverseTransferAsync(
        string externalTransferId, Money amount, string reference, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var create = new TransferReversalCreateOptions { Amount = amount.MinorUnits, Metadata = new() { [MetadataNames.Reference] = reference } };
        try
        {
            var reversal = await Write(
                $"reversal:{reference}",
                firstTriedAt,
                () => FindReversal(externalTransferId, reference, cancellationToken),
                request => client.V1.Transfers.Reversals.CreateAsync(externalTransferId, create, request, cancellationToken),
                cancellationToken);
            return reversal.Id;
        }
        catch (PaymentServiceException fault) when (IsBalanceInsufficient(fault))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<string> RefundAsync(
        string externalPaymentId, Money amount, string reference, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var create = new RefundCreateOptions
        {
            Charge = externalPaymentId,
            Amount = amount.MinorUnits,
            Metadata = new() { [MetadataNames.Reference] = reference },
        };
        var refund = await Write(
            $"refund:{reference}",
            firstTriedAt,
            () => FindRefund(externalPaymentId, reference, cancellationToken),
            request => client.V1.Refunds.CreateAsync(create, request, cancellationToken),
            cancellationToken);
        return refund.Id;
    }

    private static bool IsBalanceInsufficient(PaymentServiceException fault) =>
        fault.InnerException is StripeException { StripeError.Code: "balance_insufficient" };

    private async Task<Transfer?> FindTransfer(TransferOrder order, CancellationToken cancellationToken)
    {
        var list = new TransferListOptions { TransferGroup = order.InvoiceId.ToString(), Limit = 100 };
        await foreach (var transfer in client.V1.Transfers.ListAutoPagingAsync(list, cancellationToken: cancellationToken))
        {
            if (ToId<PayoutKind>(transfer.Metadata, MetadataNames.Payout) == order.PayoutId) return transfer;
        }

        return null;
    }

    private async Task<TransferReversal?> FindReversal(string transferId, string reference, CancellationToken cancellationToken)
    {
        var list = new TransferReversalListOptions { Limit = 100 };
        await foreach (var reversal in client.V1.Transfers.Reversals.ListAutoPagingAsync(transferId, list, cancellationToken: cancellationToken))
        {
            if (reversal.Metadata?.GetValueOrDefault(MetadataNames.Reference) == reference) return reversal;
        }

        return null;
    }

    private async Task<Refund?> FindRefund(string chargeId, string reference, CancellationToken cancellationToken)
    {
        var list = new RefundListOptions { Charge = chargeId, Limit = 100 };
        await foreach (var refund in client.V1.Refunds.ListAutoPagingAsync(list, cancellationToken: cancellationToken))
        {
            if (refund.Metadata?.GetValueOrDefault(MetadataNames.Reference) == reference) return refund;
        }

        return null;
    }
}
