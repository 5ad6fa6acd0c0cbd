using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Simulation.Tests.Doubles;

/// <summary>Stands for workers and the verification module: answers every request after a drawn time, mostly with a pass.</summary>
public sealed class SimulatedProofs(Workspace workspace, TimeProvider time, IEntropy entropy) : IMessageHandler<RequestVerification>
{
    public Task HandleAsync(RequestVerification request, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            new PartitionId("simulation", "proofs"),
            context,
            work =>
            {
                Span<byte> draw = stackalloc byte[2];
                entropy.Fill(draw);
                var passed = draw[0] >= 30;
                var at = time.Now().Plus(NodaTime.Duration.FromSeconds(5 + draw[1]));
                work.Send(
                    new VerificationCompleted(
                        request.VerificationId,
                        request.Purpose,
                        request.Subject,
                        request.Provider,
                        request.MachineId,
                        passed,
                        passed ? null : VerificationFailure.BelowClaim,
                        request.Claim,
                        passed ? request.Claim : request.Claim with { Int8Gops = request.Claim.Int8Gops / 2 },
                        passed ? CertificateId.Parse("crt" + request.VerificationId.ToString()[3..]) : null,
                        at),
                    at);
                return Task.CompletedTask;
            },
            cancellationToken);
}
