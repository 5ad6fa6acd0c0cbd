using Marketplace.Contracts;
using Marketplace.Registry.Directory;
using Marketplace.Registry.Listings;
using Marketplace.Registry.SuspendListing;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.ApplyRecheck;

/// <summary>Command of the registry to itself: go on with what follows of a re-check, for the listings that are left.</summary>
/// <param name="Verdict">The re-check.</param>
internal sealed record ContinueRecheck(MachineRechecked Verdict) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "registry.continue-recheck.v1";
}

/// <summary>Decides what a re-check of its machine makes of a listing.</summary>
internal static class RecheckRules
{
    /// <summary>
    /// The active listing with the newer certificate and what it shows; null where nothing changes. A re-check of a leased machine leaves
    /// out the memory, and so is no certificate of a listing that claims some.
    /// </summary>
    public static Listing? Renew(Listing listing, MachineRechecked verdict) =>
        verdict is { Passed: true, Proven: { } proven, CertificateId: { } certificate } && certificate != listing.CertificateId && Covers(verdict.Claim, listing.Claim)
            ? listing with { CertificateId = certificate, Proven = proven, Version = listing.Version + 1 }
            : null;

    /// <summary>Why a listing is suspended, for its provider.</summary>
    public static string ReasonOf(MachineRechecked verdict) => verdict.Failure switch
    {
        VerificationFailure.NotCompleted => "The machine did not complete a re-check in time.",
        VerificationFailure.ProofInvalid => "A proof of the machine's re-check did not check out.",
        _ => $"The machine's re-check shows less than the accepted part of its claims: {verdict.Proven?.Int8Gops ?? 0} of {verdict.Claim.Int8Gops} int8 Gop/s, {verdict.Proven?.Bf16Gflops ?? 0} of {verdict.Claim.Bf16Gflops} bf16 GFLOP/s.",
    };

    private static bool Covers(Capacity claim, Capacity other) =>
        claim.Int8Gops >= other.Int8Gops
        && claim.Bf16Gflops >= other.Bf16Gflops
        && claim.MemoryMB >= other.MemoryMB
        && claim.MemoryBandwidthMBps >= other.MemoryBandwidthMBps
        && claim.Fp64Gflops >= other.Fp64Gflops;
}

/// <summary>Renews the certificates of what is offered of a machine that passed a re-check, and suspends it where the machine did not pass.</summary>
internal sealed class MachineRecheckedHandler(Workspace workspace, TimeProvider time) : IMessageHandler<MachineRechecked>, IMessageHandler<ContinueRecheck>
{
    private const int ListingsAtOnce = 40;

    public Task HandleAsync(MachineRechecked message, MessageContext context, CancellationToken cancellationToken) => ApplyAsync(message, context, cancellationToken);

    public Task HandleAsync(ContinueRecheck message, MessageContext context, CancellationToken cancellationToken) => ApplyAsync(message.Verdict, context, cancellationToken);

    private Task<bool> ApplyAsync(MachineRechecked verdict, MessageContext context, CancellationToken cancellationToken) => workspace.HandleAsync(
        RegistryRows.Of(verdict.Provider),
        context,
        async work =>
        {
            var more = verdict.Passed
                ? await RenewAsync(work, verdict, cancellationToken)
                : await work.SuspendMachineAsync(verdict.MachineId, RecheckRules.ReasonOf(verdict), time.Now(), cancellationToken);
            if (more) work.Send(new ContinueRecheck(verdict));
        },
        cancellationToken);

    private static async Task<bool> RenewAsync(PartitionWork work, MachineRechecked verdict, CancellationToken cancellationToken)
    {
        var renewed = new List<Listing>();
        await foreach (var listing in work.ActiveListingsAsync(verdict.MachineId, cancellationToken))
        {
            if (RecheckRules.Renew(listing, verdict) is { } changed) renewed.Add(changed);
        }

        foreach (var listing in renewed.Take(ListingsAtOnce))
        {
            work.Put(RegistryRows.Listing(listing.Id), listing);
            work.Send(new ListingRenewed(listing.Provider, listing.Id, listing.Book));
        }

        return renewed.Count > ListingsAtOnce;
    }
}
