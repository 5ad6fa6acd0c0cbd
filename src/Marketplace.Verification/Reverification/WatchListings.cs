using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Verification.Certificates;
using Marketplace.Verification.Sessions;
using Microsoft.Extensions.Options;

namespace Marketplace.Verification.Reverification;

/// <summary>Keeps what is on offer, and has its machines drawn and its certificates renewed as long as it is.</summary>
internal sealed class WatchListings(Workspace workspace, WindowOpening windows, TimeProvider time, IOptions<RecheckOptions> options)
    : IMessageHandler<ListingActivated>, IMessageHandler<ListingClosed>
{
    public Task HandleAsync(ListingActivated message, MessageContext context, CancellationToken cancellationToken) =>
        message.Claim is not { } claim ? Task.CompletedTask : workspace.HandleAsync(
            VerificationRows.Of(message.Provider),
            context,
            async work =>
            {
                var expiresAt = (message.ProvenAt ?? message.ActivatedAt) + CertificateDocument.Validity;
                var row = RecheckRows.WatchedListing(message.ListingId);
                await work.ReadAsync<WatchedListing>(row, cancellationToken);
                work.Put(row, new WatchedListing(
                    message.ListingId, message.MachineId, message.Book.Model, message.GpuCount, message.Window, claim, message.CertificateId, expiresAt));
                var due = new CertificateDue(message.Provider, message.ListingId, message.CertificateId, IsExpired: false);
                work.Send(due, expiresAt - options.Value.RenewBefore);
                work.Send(due with { IsExpired = true }, expiresAt);

                var plan = await work.ReadAsync<RecheckPlan>(RecheckRows.Plan, cancellationToken) ?? new RecheckPlan(time.Now(), null, 0, false, null);
                if (plan.IsDrawing) return;
                var machines = await WindowOpening.OfferedAsync(work, cancellationToken);
                work.Put(RecheckRows.Plan, windows.PlanDraw(work, message.Provider, plan, Math.Max(1, machines.Count)));
            },
            cancellationToken);

    public Task HandleAsync(ListingClosed message, MessageContext context, CancellationToken cancellationToken) =>
        message.Provider is not { } provider ? Task.CompletedTask : workspace.HandleAsync(
            VerificationRows.Of(provider),
            context,
            async work =>
            {
                var row = RecheckRows.WatchedListing(message.ListingId);
                if (await work.ReadAsync<WatchedListing>(row, cancellationToken) is not null) work.Delete(row);
            },
            cancellationToken);
}
