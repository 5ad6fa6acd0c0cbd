using Marketplace.Contracts;

namespace Marketplace.Billing.Prepaid;

/// <summary>Command: take a payment in advance.</summary>
/// <param name="Buyer">Who pays.</param>
/// <param name="TopUpId">The top-up.</param>
public sealed record ChargeTopUp(OrganisationId Buyer, TopUpId TopUpId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.charge-top-up.v1";
}

/// <summary>The payment service reported on a payment in advance, by webhook.</summary>
/// <param name="Buyer">Who pays.</param>
/// <param name="TopUpId">The top-up.</param>
public sealed record TopUpReported(OrganisationId Buyer, TopUpId TopUpId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.top-up-reported.v1";
}

/// <summary>Command: ask the payment service how a payment in advance stands, in case its report never comes; give it up after the last.</summary>
/// <param name="Buyer">Who pays.</param>
/// <param name="TopUpId">The top-up.</param>
/// <param name="Check">1 for the first.</param>
public sealed record CheckTopUp(OrganisationId Buyer, TopUpId TopUpId, int Check) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.check-top-up.v1";
}

/// <summary>Command: have the payment service give back unused credit.</summary>
/// <param name="Buyer">Who gets it.</param>
/// <param name="TopUpId">The top-up that it is of.</param>
/// <param name="RefundId">The refund.</param>
public sealed record MakeTopUpRefund(OrganisationId Buyer, TopUpId TopUpId, RefundId RefundId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.make-top-up-refund.v1";
}

/// <summary>Command: tell the payment service that a part of an invoice is paid in advance, then collect the rest.</summary>
/// <param name="Buyer">Who pays.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Part">Which of its parts.</param>
/// <param name="PaymentAttempt">The attempt with which the rest is collected.</param>
public sealed record TellPrepaidUse(OrganisationId Buyer, InvoiceId InvoiceId, int Part, int PaymentAttempt) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.tell-prepaid-use.v1";
}
