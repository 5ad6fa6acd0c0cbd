using Marketplace.Billing.Payments;
using NodaTime;

namespace Marketplace.Simulation.Tests.Doubles;

/// <summary>Webhooks in a form of the simulation's own: buyer, a space, invoice or top-up. One that is not "signed" is forged.</summary>
public sealed class SimulatedWebhooks : IPaymentWebhooks
{
    public static string BodyOf(OrganisationId buyer, InvoiceId invoice) => $"{buyer} {invoice}";

    public static string BodyOf(OrganisationId buyer, TopUpId topUp) => $"{buyer} {topUp}";

    public Result<PaymentEvent, WebhookRefusal> Read(string body, string? signature)
    {
        if (signature != "signed") return WebhookRefusal.SignatureInvalid;
        var parts = body.Split(' ');
        if (TopUpId.TryParse(parts[1], out var topUp))
            return new PaymentEvent("evt_" + parts[1], "top-up", PaymentEventKind.TopUpChanged, Instant.MinValue, OrganisationId.Parse(parts[0]), null, topUp);
        return new PaymentEvent(
            "evt_" + parts[1], "invoice.paid", PaymentEventKind.InvoicePaid, Instant.MinValue, OrganisationId.Parse(parts[0]), InvoiceId.Parse(parts[1]));
    }
}
