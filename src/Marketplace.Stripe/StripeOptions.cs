namespace Marketplace.Stripe;

/// <summary>How Stripe is reached.</summary>
public sealed record StripeOptions
{
    /// <summary>The secret key.</summary>
    public required string ApiKey { get; init; }

    /// <summary>The secrets that webhooks may be signed with: one, or two while one is being replaced.</summary>
    public required IReadOnlyList<string> WebhookSecrets { get; init; }

    /// <summary>Another address than Stripe's own, such as the local double.</summary>
    public Uri? ApiBase { get; init; }

    /// <summary>The most requests a second: 25 is the sandbox's limit, 100 the live one; null does not pace.</summary>
    public int? RequestsPerSecond { get; init; } = 20;

    /// <summary>How often Stripe.net itself repeats a request after a connection fault, a 409 or a 5xx.</summary>
    public int MaxNetworkRetries { get; init; } = 2;

    /// <summary>How long one request may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A test payment method that new customers pay with, such as <c>pm_card_visa</c> in a sandbox. Null where buyers give their own.
    /// </summary>
    public string? TestPaymentMethod { get; init; }

    /// <summary>The ISO 3166 country of new connected accounts.</summary>
    public string AccountCountry { get; init; } = "US";

    /// <summary>The event name of the meter that usage is mirrored to, where that is switched on.</summary>
    public string MeterEventName { get; init; } = "gpu_seconds";
}
