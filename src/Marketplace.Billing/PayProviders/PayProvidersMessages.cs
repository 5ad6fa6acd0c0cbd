using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Billing.PayProviders;

/// <summary>A buyer has paid charges of a provider: its shares may be paid out.</summary>
/// <param name="Provider">Who is to be paid.</param>
/// <param name="Buyer">Who paid.</param>
/// <param name="InvoiceId">The paid invoice.</param>
/// <param name="ExternalPaymentId">The payment at the payment service that transfers draw on; null where a part of the invoice was paid in advance.</param>
/// <param name="Shares">What the provider gets.</param>
public sealed record ChargesPaid(
    OrganisationId Provider, OrganisationId Buyer, InvoiceId InvoiceId, string? ExternalPaymentId, IReadOnlyList<PayableShare> Shares) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.charges-paid.v1";
}

/// <summary>Shares of a provider go back to the buyer: what waits is lowered, what was paid out is taken back.</summary>
/// <param name="Provider">Who gives them up.</param>
/// <param name="InvoiceId">The paid invoice.</param>
/// <param name="RefundId">The refund.</param>
/// <param name="Shares">What is given up, at most <see cref="ProviderPayouts.MaxShares"/>.</param>
public sealed record TakeBackShares(
    OrganisationId Provider, InvoiceId InvoiceId, RefundId RefundId, IReadOnlyList<PayableShare> Shares) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.take-back-shares.v1";
}

/// <summary>Command: take back a part of a payout's transfer.</summary>
/// <param name="Provider">Who was paid.</param>
/// <param name="PayoutId">The payout.</param>
/// <param name="Reference">Which of its reversals.</param>
public sealed record ReverseTransfer(OrganisationId Provider, PayoutId PayoutId, string Reference) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.reverse-transfer.v1";
}

/// <summary>Command: make payouts of what may be paid out to a provider.</summary>
/// <param name="Provider">Who is paid.</param>
/// <param name="ScheduledFor">The calendar's day, for which schedule and minimum count; null to pay all at once.</param>
/// <param name="Granted">The currency that reached its minimum and is being paid; null where none is yet.</param>
public sealed record PayProvider(OrganisationId Provider, LocalDate? ScheduledFor = null, Currency? Granted = null) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.pay-provider.v1";
}

/// <summary>Command: make the transfer of a payout.</summary>
/// <param name="Provider">Who is paid.</param>
/// <param name="PayoutId">The payout.</param>
/// <param name="Attempt">1 for the first; the next where the balance had not enough.</param>
public sealed record SendTransfer(OrganisationId Provider, PayoutId PayoutId, int Attempt = 1) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.send-transfer.v1";
}

/// <summary>Charges of a buyer have been paid out.</summary>
/// <param name="Buyer">Whose charges.</param>
/// <param name="PayoutId">The payout.</param>
/// <param name="Charges">Their usage records.</param>
public sealed record ChargesPaidOut(OrganisationId Buyer, PayoutId PayoutId, IReadOnlyList<UsageId> Charges) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.charges-paid-out.v1";
}
