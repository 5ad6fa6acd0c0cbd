using System.Runtime.CompilerServices;
using Marketplace.Contracts;
using NodaTime;
using Stripe;

namespace Marketplace.Stripe;

/// <content>Corrections, bank payouts and what was paid in advance that Stripe holds for an interval, for reconciliation.</content>
public sealed partial class StripeGateway
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<ExternalCorrection> ListCorrectionsAsync(
        Interval created, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var range = Range(created);
        await foreach (var note in client.V1.CreditNotes.ListAutoPagingAsync(
            new CreditNoteListOptions { Created = range, Limit = 100 }, cancellationToken: cancellationToken))
        {
            if (note.Status != "void") yield return Correction(CorrectionKind.CreditNote, note.Id, note.Metadata, MetadataNames.CreditNote, note.Total, note.Currency, note.Created);
        }

        await foreach (var refund in client.V1.Refunds.ListAutoPagingAsync(
            new RefundListOptions { Created = range, Limit = 100 }, cancellationToken: cancellationToken))
        {
            if (refund.Status is not ("failed" or "canceled"))
                yield return Correction(CorrectionKind.Refund, refund.Id, refund.Metadata, MetadataNames.Reference, refund.Amount, refund.Currency, refund.Created);
        }

        await foreach (var reversal in ListReversals(range, cancellationToken)) yield return reversal;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ExternalBankPayout> ListBankPayoutsAsync(
        Interval created, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var list = new PayoutListOptions { Created = Range(created), Limit = 100 };
        await foreach (var payout in client.V1.Payouts.ListAutoPagingAsync(list, cancellationToken: cancellationToken))
        {
            if (payout.Status is "failed" or "canceled") continue;
            long? settled = null;
            var movements = new BalanceTransactionListOptions { Payout = payout.Id, Limit = 100 };
            await foreach (var movement in client.V1.BalanceTransactions.ListAutoPagingAsync(movements, cancellationToken: cancellationToken))
            {
                if (movement.SourceId != payout.Id) settled = (settled ?? 0) + movement.Net;
            }

            yield return new ExternalBankPayout(
                payout.Id,
                AsListed(payout.Amount, payout.Currency),
                settled is { } net ? AsListed(net, payout.Currency) : null,
                Instant.FromDateTimeUtc(payout.Created));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ExternalPrepaidUse> ListPrepaidUsesAsync(
        Interval created, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var list = new InvoicePaymentListOptions
        {
            Created = Range(created),
            Payment = new InvoicePaymentPaymentOptions { Type = PaymentRecordType },
            Status = "paid",
            Limit = 100,
            Expand = ["data.payment.payment_record"],
        };
        await foreach (var payment in client.V1.InvoicePayments.ListAutoPagingAsync(list, cancellationToken: cancellationToken))
        {
            yield return new ExternalPrepaidUse(
                payment.Payment.PaymentRecordId,
                payment.Payment.PaymentRecord?.Metadata?.GetValueOrDefault(MetadataNames.Reference),
                AsListed(payment.AmountPaid ?? 0, payment.Currency),
                Instant.FromDateTimeUtc(payment.Created));
        }
    }

    /// <summary>Stripe lists reversals of one transfer only; the balance transactions name all of an interval.</summary>
    private async IAsyncEnumerable<ExternalCorrection> ListReversals(DateRangeOptions range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var list = new BalanceTransactionListOptions { Created = range, Type = "transfer_refund", Limit = 100, Expand = ["data.source"] };
        await foreach (var movement in client.V1.BalanceTransactions.ListAutoPagingAsync(list, cancellationToken: cancellationToken))
        {
            if (movement.Source is TransferReversal reversal)
                yield return Correction(CorrectionKind.TransferReversal, reversal.Id, reversal.Metadata, MetadataNames.Reference, reversal.Amount, reversal.Currency, reversal.Created);
        }
    }

    private static ExternalCorrection Correction(
        CorrectionKind kind, string id, Dictionary<string, string>? metadata, string name, long amount, string currency, DateTime created) =>
        new(kind, id, metadata?.GetValueOrDefault(name), AsListed(amount, currency), Instant.FromDateTimeUtc(created));
}
