using Marketplace.Contracts;

namespace Marketplace.Billing.Disputes;

/// <summary>Command: keep a provider's share of a contested charge from being paid out.</summary>
/// <param name="Provider">Whose share.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="UsageId">The charge's usage record.</param>
/// <param name="DisputeId">The dispute.</param>
/// <param name="Share">What is left of the share; more than zero.</param>
public sealed record HoldShare(OrganisationId Provider, InvoiceId InvoiceId, UsageId UsageId, DisputeId DisputeId, Money Share) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.hold-share.v1";
}

/// <summary>Command: let a held share go. What a credit takes of it is taken after that, as of any share.</summary>
/// <param name="Provider">Whose share.</param>
/// <param name="UsageId">The charge's usage record.</param>
/// <param name="DisputeId">The dispute.</param>
public sealed record ReleaseShare(OrganisationId Provider, UsageId UsageId, DisputeId DisputeId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.release-share.v1";
}
