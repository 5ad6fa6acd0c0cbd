using Marketplace.Billing.Payments;
using Marketplace.Contracts;

namespace Marketplace.Billing.CollectInvoice;

/// <summary>Command: collect an open invoice.</summary>
/// <param name="Buyer">Who pays.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="PaymentAttempt">1 for the first; a declined attempt is repeated only under another number.</param>
public sealed record PayInvoice(OrganisationId Buyer, InvoiceId InvoiceId, int PaymentAttempt) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.pay-invoice.v1";
}

/// <summary>The payment service reported on an invoice, by webhook.</summary>
/// <param name="Buyer">Who pays.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Kind">What it reported.</param>
public sealed record PaymentReported(OrganisationId Buyer, InvoiceId InvoiceId, PaymentEventKind Kind) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.payment-reported.v1";
}

/// <summary>Command: ask the payment service whether an invoice was paid, in case its report never comes.</summary>
/// <param name="Buyer">Who pays.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Check">1 for the first.</param>
public sealed record CheckInvoice(OrganisationId Buyer, InvoiceId InvoiceId, int Check) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.check-invoice.v1";
}
