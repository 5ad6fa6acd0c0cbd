using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Verification.Reverification;
using NodaTime;

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
                if (request.Purpose == VerificationPurpose.Recheck) Recheck(request, work);
                else Prove(request, work);
                return Task.CompletedTask;
            },
            cancellationToken);

    private void Prove(RequestVerification request, PartitionWork work)
    {
        var passed = Draw(256) >= 30;
        var at = time.Now().Plus(Duration.FromSeconds(5 + Draw(256)));
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
                passed ? Certificate(request) : null,
                at),
            at);
    }

    /// <summary>Of ten machines six pass, two show too little, one does not answer and one answers when the others are done, as a shared device would.</summary>
    private void Recheck(RequestVerification request, PartitionWork work)
    {
        var fate = Draw(10);
        if (fate == 0) return;
        var (from, to) = fate == 1 ? (4.5, 9.0) : (0, 4.5);
        var passed = fate is 1 or > 3;
        var proven = passed ? request.Claim : request.Claim with { Int8Gops = request.Claim.Int8Gops * (30 + Draw(50)) / 100 };
        var opened = request.OpensAt!.Value;
        var ended = opened + Duration.FromSeconds(10 + Draw(60));
        var proof = new ProvenWork(
            "int8", request.Claim.Int8Gops * request.GpuCount, proven.Int8Gops * request.GpuCount, 0.85, opened + Duration.FromSeconds(from), opened + Duration.FromSeconds(to));
        var answer = new RecheckAnswer(passed, passed ? null : VerificationFailure.BelowClaim, proven, passed ? Certificate(request) : null, [proof], ended);
        work.Send(new RecheckAnswered(request.Provider, RecheckWindowId.Parse(request.Subject), request.MachineId, request.VerificationId, answer), ended);
    }

    private static CertificateId Certificate(RequestVerification request) => CertificateId.Parse("crt" + request.VerificationId.ToString()[3..]);

    private int Draw(int below)
    {
        Span<byte> draw = stackalloc byte[2];
        entropy.Fill(draw);
        return ((draw[0] << 8) | draw[1]) % below;
    }
}
