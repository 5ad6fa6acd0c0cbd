namespace Marketplace.Api.Problems;

/// <content>Problems of billing.</content>
public static partial class ProblemTypes
{
    /// <summary>A webhook that nobody we know signed.</summary>
    public static ProblemType WebhookSignatureInvalid { get; } = new(
        "webhook_signature_invalid", 400, "Webhook signature invalid", "The webhook has no signature, or it does not verify over the body.");

    /// <summary>A webhook that may be a replay.</summary>
    public static ProblemType WebhookSignatureStale { get; } = new(
        "webhook_signature_stale", 400, "Webhook signature stale", "The webhook was signed more than five minutes ago, or in the future.");

    /// <summary>A signed body that is no event.</summary>
    public static ProblemType WebhookMalformed { get; } = new(
        "webhook_malformed", 400, "Webhook malformed", "The signed body is no event of the payment service.");
}
