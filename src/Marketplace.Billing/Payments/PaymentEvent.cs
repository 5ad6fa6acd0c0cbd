using NodaTime;

namespace Marketplace.Billing.Payments;

/// <summary>What the payment service reports, as far as we act on it.</summary>
public enum PaymentEventKind
{
    /// <summary>An invoice was paid.</summary>
    InvoicePaid,

    /// <summary>Collecting an invoice failed.</summary>
    InvoicePaymentFailed,

    /// <summary>A payment in advance was made, refused or given up.</summary>
    TopUpChanged,

    /// <summary>Anything else: kept, not acted on.</summary>
    Other,
}

/// <summary>A report of the payment service whose signature was verified.</summary>
/// <param name="ExternalId">The service's id of the event; a repetition has the same.</param>
/// <param name="Type">The service's name of its type.</param>
/// <param name="Kind">What it means to us.</param>
/// <param name="CreatedAt">When the service recorded it.</param>
/// <param name="Buyer">Our buyer, where the object carries it.</param>
/// <param name="InvoiceId">Our invoice, where the object carries it.</param>
/// <param name="TopUpId">Our top-up, where the object carries it.</param>
public sealed record PaymentEvent(
    string ExternalId, string Type, PaymentEventKind Kind, Instant CreatedAt, OrganisationId? Buyer, InvoiceId? InvoiceId, TopUpId? TopUpId = null);

/// <summary>Why a webhook is not believed. In order of precedence.</summary>
public enum WebhookRefusal
{
    /// <summary>There is no signature, or it is not ours.</summary>
    SignatureInvalid,

    /// <summary>The signature is good but older than five minutes, or from the future: it may be a replay.</summary>
    SignatureStale,

    /// <summary>The signed body is no event.</summary>
    Malformed,
}

/// <summary>Checks and reads webhooks of the payment service.</summary>
public interface IPaymentWebhooks
{
    /// <summary>Verifies a webhook over its raw body.</summary>
    /// <param name="body">The body as it came, byte for byte.</param>
    /// <param name="signature">The signature header; null if there was none.</param>
    Result<PaymentEvent, WebhookRefusal> Read(string body, string? signature);
}
