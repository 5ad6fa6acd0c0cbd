using System.Globalization;
using Marketplace.Billing.Payments;
using Microsoft.Extensions.Logging;
using NodaTime;
using Stripe;

namespace Marketplace.Stripe;

/// <summary>
/// Checks Stripe's webhooks: HMAC over the raw body, five minutes of tolerance, several secrets while one is replaced. An event
/// of another API version is read as far as it goes and noted: we act on ids and ask Stripe for the rest.
/// </summary>
public sealed class StripeWebhooks(StripeOptions options, TimeProvider time, ILogger<StripeWebhooks> log) : IPaymentWebhooks
{
    private const long ToleranceSeconds = 300;

    /// <inheritdoc/>
    public Result<PaymentEvent, WebhookRefusal> Read(string body, string? signature)
    {
        if (string.IsNullOrEmpty(signature) || !options.WebhookSecrets.Any(secret => IsSigned(body, signature, secret)))
            return WebhookRefusal.SignatureInvalid;
        if (!IsFresh(signature)) return WebhookRefusal.SignatureStale;
        try
        {
            var read = EventUtility.ParseEvent(body, throwOnApiVersionMismatch: false);
            if (string.IsNullOrEmpty(read.Id) || string.IsNullOrEmpty(read.Type)) return WebhookRefusal.Malformed;
            if (!EventUtility.IsCompatibleApiVersion(read.ApiVersion))
                log.LogWarning("Stripe event {EventId} has API version {Version}.", read.Id, read.ApiVersion);
            return ToPaymentEvent(read);
        }
        catch (Exception malformed) when (malformed is System.Text.Json.JsonException or Newtonsoft.Json.JsonException or ArgumentException
            or InvalidOperationException or NullReferenceException)
        {
            return WebhookRefusal.Malformed;
        }
    }

    private static bool IsSigned(string body, string signature, string secret)
    {
        try
        {
            EventUtility.ValidateSignature(body, signature, secret, long.MaxValue / 2);
            return true;
        }
        catch (StripeException)
        {
            return false;
        }
    }

    /// <summary>Stripe.net refuses only what is too old, so both sides are checked here.</summary>
    private bool IsFresh(string signature)
    {
        var sent = signature.Split(',').Select(part => part.Split('=', 2)).First(part => part[0].Trim() == "t")[1];
        var age = time.GetUtcNow().ToUnixTimeSeconds() - long.Parse(sent, CultureInfo.InvariantCulture);
        return age is <= ToleranceSeconds and >= -ToleranceSeconds;
    }

    private static PaymentEvent ToPaymentEvent(Event read)
    {
        var metadata = (read.Data?.Object as IHasMetadata)?.Metadata;
        var kind = read.Type switch
        {
            EventTypes.InvoicePaid => PaymentEventKind.InvoicePaid,
            EventTypes.InvoicePaymentFailed => PaymentEventKind.InvoicePaymentFailed,
            EventTypes.PaymentIntentSucceeded or EventTypes.PaymentIntentPaymentFailed or EventTypes.PaymentIntentCanceled => PaymentEventKind.TopUpChanged,
            _ => PaymentEventKind.Other,
        };
        OrganisationId? buyer = OrganisationId.TryParse(metadata?.GetValueOrDefault(MetadataNames.Buyer), out var org) ? org : null;
        InvoiceId? invoice = InvoiceId.TryParse(metadata?.GetValueOrDefault(MetadataNames.Invoice), out var inv) ? inv : null;
        TopUpId? topUp = TopUpId.TryParse(metadata?.GetValueOrDefault(MetadataNames.TopUp), out var top) ? top : null;
        return new PaymentEvent(read.Id, read.Type, kind, Instant.FromDateTimeUtc(read.Created), buyer, invoice, topUp);
    }
}
