using System.Net;
using Marketplace.Billing.Payments;
using NodaTime;
using Stripe;

namespace Marketplace.Stripe;

/// <content>Payments in advance: payment intents without an invoice.</content>
public sealed partial class StripeGateway
{
    /// <summary>
    /// Made first and confirmed then, so that the first write is the same however often it is repeated: with which method it is confirmed is
    /// read anew. Without a method the buyer completes it with the client secret.
    /// </summary>
    public async Task<ExternalTopUp> ChargeTopUpAsync(TopUpOrder order, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        var create = new PaymentIntentCreateOptions
        {
            Amount = order.Amount.MinorUnits,
            Currency = ToCode(order.Amount.Currency),
            Customer = order.ExternalCustomerId,
            AllowedPaymentMethodTypes = ["card"],
            Description = "GPU-hours, paid in advance",
            Metadata = new() { [MetadataNames.TopUp] = order.TopUpId.ToString(), [MetadataNames.Buyer] = order.Buyer.ToString() },
        };
        var made = await Write(
            $"top-up:{order.TopUpId}",
            firstTriedAt,
            () => FindTopUp(order, cancellationToken),
            request => client.V1.PaymentIntents.CreateAsync(create, request, cancellationToken),
            cancellationToken);

        // The answer to a repeated write is the first one: how it stands is asked.
        var intent = await Read(() => FetchIntent(made.Id, cancellationToken), cancellationToken);
        if (!IsUntried(intent)) return ToExternal(intent);
        var customer = await Read(() => client.V1.Customers.GetAsync(order.ExternalCustomerId, cancellationToken: cancellationToken), cancellationToken);
        if (customer.InvoiceSettings?.DefaultPaymentMethodId is not { } method) return ToExternal(intent);
        return ToExternal(await Confirm(order, intent.Id, method, firstTriedAt, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<ExternalTopUp> GetTopUpAsync(string externalId, CancellationToken cancellationToken) =>
        ToExternal(await Read(() => FetchIntent(externalId, cancellationToken), cancellationToken));

    /// <inheritdoc/>
    public async Task<ExternalTopUp> CancelTopUpAsync(TopUpId topUpId, string externalId, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        try
        {
            var cancelled = await Write(
                $"top-up-cancel:{topUpId}",
                firstTriedAt,
                async () => await FetchIntent(externalId, cancellationToken) is { Status: "canceled" or "succeeded" } ended ? ended : null,
                request => client.V1.PaymentIntents.CancelAsync(
                    externalId, new PaymentIntentCancelOptions { CancellationReason = "abandoned" }, request, cancellationToken),
                cancellationToken);
            return ToExternal(cancelled);
        }
        catch (PaymentServiceException fault) when (fault.InnerException is StripeException { StripeError.Code: "payment_intent_unexpected_state" })
        {
            // It was paid in the meantime, or the bank is at it.
            return await GetTopUpAsync(externalId, cancellationToken);
        }
    }

    private async Task<PaymentIntent> Confirm(
        TopUpOrder order, string intentId, string method, Instant firstTriedAt, CancellationToken cancellationToken)
    {
        try
        {
            return await Write(
                $"top-up-confirm:{order.TopUpId}",
                firstTriedAt,
                async () => await FetchIntent(intentId, cancellationToken) is var tried && !IsUntried(tried) ? tried : null,
                request => client.V1.PaymentIntents.ConfirmAsync(
                    intentId, new PaymentIntentConfirmOptions { PaymentMethod = method }, request, cancellationToken),
                cancellationToken);
        }
        catch (StripeException declined) when (declined.HttpStatusCode == HttpStatusCode.PaymentRequired)
        {
            return await Read(() => FetchIntent(intentId, cancellationToken), cancellationToken);
        }
    }

    /// <summary>An intent that wants a method has either never been tried, or says why it was refused.</summary>
    private static bool IsUntried(PaymentIntent intent) => intent is { Status: "requires_payment_method", LastPaymentError: null };

    private Task<PaymentIntent> FetchIntent(string id, CancellationToken cancellationToken) =>
        client.V1.PaymentIntents.GetAsync(id, cancellationToken: cancellationToken);

    private async Task<PaymentIntent?> FindTopUp(TopUpOrder order, CancellationToken cancellationToken)
    {
        var list = new PaymentIntentListOptions { Customer = order.ExternalCustomerId, Limit = 100 };
        await foreach (var intent in client.V1.PaymentIntents.ListAutoPagingAsync(list, cancellationToken: cancellationToken))
        {
            if (ToId<TopUpKind>(intent.Metadata, MetadataNames.TopUp) == order.TopUpId) return intent;
        }

        return null;
    }

    private static ExternalTopUp ToExternal(PaymentIntent intent)
    {
        var state = intent.Status switch
        {
            "succeeded" => ExternalTopUpState.Paid,
            "canceled" => ExternalTopUpState.Cancelled,
            "requires_payment_method" when !IsUntried(intent) => ExternalTopUpState.Declined,
            _ => ExternalTopUpState.Pending,
        };
        return new ExternalTopUp(
            intent.Id, state, ToMoney(intent.AmountReceived, intent.Currency), state == ExternalTopUpState.Paid ? intent.LatestChargeId : null, intent.ClientSecret);
    }
}
