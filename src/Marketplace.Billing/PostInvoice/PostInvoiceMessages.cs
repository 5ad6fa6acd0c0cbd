using Marketplace.Contracts;

namespace Marketplace.Billing.PostInvoice;

/// <summary>Command: make the invoice at the payment service.</summary>
/// <param name="Buyer">Who pays.</param>
/// <param name="InvoiceId">The invoice.</param>
public sealed record CreateExternalInvoice(OrganisationId Buyer, InvoiceId InvoiceId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.create-external-invoice.v1";
}

/// <summary>Command: post the invoice's lines from a place on.</summary>
/// <param name="Buyer">Who pays.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="FromLine">The first line to post, from 0.</param>
public sealed record PostInvoiceLines(OrganisationId Buyer, InvoiceId InvoiceId, int FromLine) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.post-invoice-lines.v1";
}

/// <summary>Command: make the invoice final at the payment service.</summary>
/// <param name="Buyer">Who pays.</param>
/// <param name="InvoiceId">The invoice.</param>
public sealed record FinalizeInvoice(OrganisationId Buyer, InvoiceId InvoiceId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.finalize-invoice.v1";
}
