using Marketplace.Billing.Payments;

namespace Marketplace.Billing.OpenAccount;

/// <summary>How an organisation pays and is paid.</summary>
/// <param name="Party">The organisation.</param>
/// <param name="ExternalCustomerId">Its customer at the payment service; null if it does not buy.</param>
/// <param name="ExternalAccountId">Its connected account at the payment service; null if it does not provide.</param>
public sealed record BillingAccount(PaymentParty Party, string? ExternalCustomerId, string? ExternalAccountId);
