namespace Marketplace.StripeDouble.Faults;

/// <summary>How webhooks misbehave.</summary>
public sealed record WebhookBehaviour
{
    /// <summary>Whether nothing is sent until this is false again: late webhooks.</summary>
    public bool Held { get; init; }

    /// <summary>How often each is sent although it was acknowledged, 1 or more.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Whether those that wait are sent newest first.</summary>
    public bool NewestFirst { get; init; }

    /// <summary>Whether each is counted as delivered without being sent: lost webhooks.</summary>
    public bool Lost { get; init; }

    /// <summary>The API version that events say instead of the double's own; null for its own.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Whether each is signed with a secret that nobody agreed on: forged webhooks.</summary>
    public bool Forged { get; init; }
}
