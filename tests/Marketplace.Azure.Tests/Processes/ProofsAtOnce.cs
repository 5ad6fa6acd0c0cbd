using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Azure.Tests.Processes;

/// <summary>Stands for workers and the verification module where a test has no time: every claim is proven at once.</summary>
internal sealed class ProofsAtOnce(Workspace workspace, TimeProvider time) : IMessageHandler<RequestVerification>
{
    public Task HandleAsync(RequestVerification request, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            new PartitionId("simulation", "proofs"),
            context,
            work =>
            {
                var certificate = CertificateId.Parse("crt" + request.VerificationId.ToString()[3..]);
                work.Send(new VerificationCompleted(
                    request.VerificationId, request.Purpose, request.Subject, request.Provider, request.MachineId, true, null, request.Claim, request.Claim, certificate, time.Now()));
                return Task.CompletedTask;
            },
            cancellationToken);
}
