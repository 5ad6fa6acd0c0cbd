using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Verification.ExpireVerification;
using Marketplace.Verification.IndexVerification;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using NodaTime;

namespace Marketplace.Verification.RequestVerification;

/// <summary>Opens a session for a machine. What cannot be proven with what exists fails at once instead of waiting for its end.</summary>
internal sealed class RequestVerificationHandler(Workspace workspace, ICatalogue catalogue, TimeProvider time) : IMessageHandler<Contracts.RequestVerification>
{
    private const double UsualAcceptedFraction = 0.85;
    private const long MaxFigure = 1_000_000_000;

    public Task HandleAsync(Contracts.RequestVerification message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            VerificationRows.Of(message.MachineId),
            context,
            async work =>
            {
                // Read so that a second request under the same verification id replaces nothing.
                if (await work.ReadAsync<VerificationSession>(VerificationRows.Session(message.VerificationId), cancellationToken) is not null) return;
                var session = Open(message, catalogue.FindModel(message.Model), time.Now());
                work.Send(new VerificationOpened(session.Provider, session.Id, session.MachineId));
                if (session.HasEnded)
                {
                    await work.PutEndedAsync(session, signer: null, cancellationToken);
                    return;
                }

                work.Put(VerificationRows.Session(session.Id), session);
                work.Put(VerificationRows.OpenMarker(session.Id), new OpenMarker(session.Id));
                work.Send(new VerificationDue(session.MachineId, session.Id), session.ExpiresAt);
            },
            cancellationToken);

    /// <summary>A session for the request: awaiting its worker, or failed where no proof exists for what is claimed.</summary>
    internal static VerificationSession Open(Contracts.RequestVerification request, GpuModel? model, Instant now)
    {
        var claim = ProofPlan.WithBandwidth(request.Claim, model);
        var session = new VerificationSession(
            request.VerificationId,
            request.Purpose,
            request.Subject,
            request.Provider,
            request.MachineId,
            request.Model,
            request.GpuCount,
            claim,
            model?.AcceptedFraction ?? UsualAcceptedFraction,
            now,
            request.ExpiresAt,
            SessionState.Awaiting,
            IsProvable(request, model) ? [.. ProofPlan.For(request.Purpose, claim, request.GpuCount, model).Select(SessionPart.Of)] : [],
            null,
            null,
            request.OpensAt);
        return session.Parts.Count > 0 ? session : session.Fail(VerificationFailure.NotCompleted, ProofFault.None, null, now);
    }

    // A processor's memory is bounded by the arithmetic that it claims; without that there is no bound.
    private static bool IsProvable(Contracts.RequestVerification request, GpuModel? model) =>
        request.GpuCount is >= 1 and <= ProofParameters.MaxDevices
        && new[] { request.Claim.Int8Gops, request.Claim.Bf16Gflops, request.Claim.MemoryMB, request.Claim.MemoryBandwidthMBps, request.Claim.Fp64Gflops }
            .All(figure => figure is >= 0 and <= MaxFigure)
        && (model is not { ProvenOnCpu: true } || request.Claim is { Int8Gops: > 0 } or { MemoryMB: 0, MemoryBandwidthMBps: 0 });
}
