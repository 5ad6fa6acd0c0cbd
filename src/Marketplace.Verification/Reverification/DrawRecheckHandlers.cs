using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Verification.Sessions;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Marketplace.Verification.Reverification;

/// <summary>Opens a window when a draw falls or a certificate is about to expire; suspends the listing of one that has expired.</summary>
internal sealed class DrawRecheckHandlers(Workspace workspace, WindowOpening windows, IMachineLeases leases, TimeProvider time, IOptions<RecheckOptions> options)
    : IMessageHandler<DrawRecheck>, IMessageHandler<CertificateDue>
{
    /// <summary>How long after one window another tries to renew a certificate: a leased machine does not prove its memory until it is free.</summary>
    private static readonly Duration NextLook = Duration.FromHours(6);

    public Task HandleAsync(DrawRecheck message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(VerificationRows.Of(message.Provider), context, work => DrawAsync(message, work, cancellationToken), cancellationToken);

    public Task HandleAsync(CertificateDue message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(VerificationRows.Of(message.Provider), context, work => LookAsync(message, work, cancellationToken), cancellationToken);

    private async Task DrawAsync(DrawRecheck message, PartitionWork work, CancellationToken cancellationToken)
    {
        var plan = await work.ReadAsync<RecheckPlan>(RecheckRows.Plan, cancellationToken);
        if (plan?.Draw != message.Draw || !plan.IsDrawing) return;
        var offered = (await WindowOpening.OfferedAsync(work, cancellationToken)).Count;
        if (offered == 0)
        {
            // The next offer begins anew; the draw has no memory, so that nothing is gained by it.
            work.Put(RecheckRows.Plan, plan with { IsDrawing = false });
            return;
        }

        if (plan.OpenWindow is null && await windows.OpenAsync(work, message.Provider, RecheckCause.Drawn, null, cancellationToken) is { } window)
        {
            plan = plan with { OpenWindow = window.Id };
        }

        work.Put(RecheckRows.Plan, windows.PlanDraw(work, message.Provider, plan, offered));
    }

    private async Task LookAsync(CertificateDue message, PartitionWork work, CancellationToken cancellationToken)
    {
        var listing = await work.ReadAsync<WatchedListing>(RecheckRows.WatchedListing(message.ListingId), cancellationToken);
        if (listing?.CertificateId != message.CertificateId) return;
        var until = listing.ProvenUntil(await work.ReadAsync<RecheckProof>(RecheckRows.Proof(listing.MachineId), cancellationToken));
        var due = message.IsExpired ? until : until - options.Value.RenewBefore;
        var now = time.Now();
        if (now < due)
        {
            work.Send(message, due);
            return;
        }

        if (message.IsExpired)
        {
            var keptUntil = until + options.Value.MemoryKept;
            if (now < keptUntil && await IsKeptAsync(listing, now, work, cancellationToken)) work.Send(message, Instant.Min(now + NextLook, keptUntil));
            else work.Send(new SuspendListing(message.Provider, message.ListingId, "The certificate of its capacity has expired."));
            return;
        }

        // What follows is looked at for as long as the listing is on offer. Past its expiry that is so only for the sake of the machine's lease, and
        // then another window would prove the rates once more.
        work.Send(message, now + NextLook);
        if (now >= until && await leases.IsLeasedAsync(listing.MachineId, cancellationToken)) return;
        var plan = await work.ReadAsync<RecheckPlan>(RecheckRows.Plan, cancellationToken);
        if (plan is { OpenWindow: null }
            && await windows.OpenAsync(work, message.Provider, RecheckCause.Expiring, listing.MachineId, cancellationToken) is { } window)
        {
            work.Put(RecheckRows.Plan, plan with { OpenWindow = window.Id });
        }
    }

    /// <summary>
    /// Whether a listing stays on offer past its expiry: a leased machine can't prove its memory, but its rates were proven again; so was a
    /// machine's that was leased until lately, whose memory is proven in the window that opens at the next look.
    /// </summary>
    private static async Task<bool> IsKeptAsync(WatchedListing listing, Instant now, PartitionWork work, CancellationToken cancellationToken) =>
        listing.Claim != WindowRules.RatesOf(listing.Claim)
        && await work.ReadAsync<RecheckProof>(RecheckRows.Rates(listing.MachineId), cancellationToken) is { } rates
        && now < rates.ExpiresAt
        && rates.Covers(listing.GpuCount, WindowRules.RatesOf(listing.Claim));
}
