using Marketplace.Billing.Payments;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Benchmarks.Cloud;

/// <summary>Stands for workers and the verification module: whatever is claimed is proven five seconds later.</summary>
internal sealed class ProofsAtOnce(Workspace workspace, TimeProvider time) : IMessageHandler<RequestVerification>
{
    public Task HandleAsync(RequestVerification request, MessageContext context, CancellationToken cancellationToken) => workspace.HandleAsync(
        new PartitionId("verification", request.MachineId.ToString()),
        context,
        work =>
        {
            var at = Instant.FromDateTimeOffset(time.GetUtcNow()) + Duration.FromSeconds(5);
            work.Send(
                new VerificationCompleted(
                    request.VerificationId, request.Purpose, request.Subject, request.Provider, request.MachineId, true, null, request.Claim, request.Claim, CertificateId.Parse("crt" + request.VerificationId.ToString()[3..]), at),
                at);
            return Task.CompletedTask;
        },
        cancellationToken);
}

/// <summary>Stands for the verification module: no machine is verified again within the hours of the story.</summary>
internal sealed class NoRechecks : IOpenRechecks
{
    public Task<bool> IsOpenAsync(MachineId machine, CancellationToken cancellationToken) => Task.FromResult(false);
}

/// <summary>Webhooks whose body is the buyer, a space and the paid invoice.</summary>
internal sealed class PlainWebhooks : IPaymentWebhooks
{
    public Result<PaymentEvent, WebhookRefusal> Read(string body, string? signature)
    {
        var parts = body.Split(' ');
        return new PaymentEvent(
            "evt_" + parts[1], "invoice.paid", PaymentEventKind.InvoicePaid, Instant.MinValue, OrganisationId.Parse(parts[0]), InvoiceId.Parse(parts[1]));
    }
}
