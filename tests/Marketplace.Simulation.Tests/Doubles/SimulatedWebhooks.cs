using Marketplace.Billing.Payments;
using NodaTime;

namespace Marketplace.Simulation.Tests.Doubles;

/// <summary>Webhooks in a form of the simulation's own: buyer, a space, invoice. One that is not "signed" is forged.</summary>
public sealed class SimulatedWebhooks : IPaymentWebhooks
{
    public static string BodyOf(OrganisationId buyer, InvoiceId invoice) => $"{buyer} {invoice}";

    public Result<PaymentEvent, WebhookRefusal> Read(string body, string? signature)
    {
        if (signature != "signed") return WebhookRefusal.SignatureInvalid;
        var parts = body.Split(' ');
        return new PaymentEvent(
            "evt_" + parts[1], "invoice.paid", PaymentEventKind.InvoicePaid, Instant.MinValue, OrganisationId.Parse(parts[0]), InvoiceId.Parse(parts[1]));
    }
}
