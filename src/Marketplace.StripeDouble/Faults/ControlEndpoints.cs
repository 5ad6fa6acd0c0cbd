using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketplace.StripeDouble.Faults;

/// <summary>What the real service does not have: orders to misbehave, under <c>/_double/</c>.</summary>
internal static class ControlEndpoints
{
    public static void Map(WebApplication app, StripeDoubleServer server)
    {
        app.MapPost("/_double/faults", (Fault fault) =>
        {
            server.Faults.Add(fault);
            return Results.NoContent();
        });
        app.MapDelete("/_double/faults", () =>
        {
            server.Faults.Clear();
            return Results.NoContent();
        });
        app.MapPut("/_double/webhooks", (WebhookBehaviour behaviour) =>
        {
            server.Webhooks = behaviour;
            return Results.NoContent();
        });
        app.MapPost("/_double/payment-intents/{intent}/completion", (string intent, Completion completion) =>
            server.CompletePayment(intent, completion.Succeeds) ? Results.NoContent() : Results.NotFound());
        app.MapPost("/_double/invoice-lines/{line}", (string line, AlteredLine altered) =>
            server.AlterInvoiceLine(line, altered.AmountMinor) ? Results.NoContent() : Results.NotFound());
    }

    /// <summary>How a buyer's payment on a form of Stripe's ends.</summary>
    public sealed record Completion(bool Succeeds);

    /// <summary>The new amount of a line.</summary>
    public sealed record AlteredLine(long AmountMinor);
}
