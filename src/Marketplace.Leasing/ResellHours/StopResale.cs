using Marketplace.Contracts;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Microsoft.Extensions.Options;

namespace Marketplace.Leasing.ResellHours;

/// <summary>Why an offer is not stopped, in order of precedence.</summary>
public enum StopResaleRefusal
{
    /// <summary>There is no such lease, or the caller has no part in it.</summary>
    UnknownLease,

    /// <summary>The caller is the lease's provider.</summary>
    NotTheBuyer,

    /// <summary>No hours of the lease were ever offered.</summary>
    NeverOffered,
}

/// <summary>
/// Stops offering a lease's hours. What the book sells until it hears of it, and what it sold before, stands. Asking again changes nothing.
/// </summary>
public sealed class StopResale(Workspace workspace, TimeProvider time, IOptions<LeasingOptions> options)
{
    /// <summary>Stops the present offer. Answers with the lease and its resale, closing or closed.</summary>
    public async Task<Result<Lease, StopResaleRefusal>> ExecuteAsync(OrganisationId caller, LeaseId id, CancellationToken cancellationToken)
    {
        // Offers follow one another, so that the one that is meant names the request.
        var row = await workspace.Store.ReadAsync(LeaseRows.Of(id), LeaseRows.Lease, cancellationToken);
        var lease = row is null ? null : MarketplaceJson.Deserialize<Lease>(row.Body);
        if (lease is null || (lease.Buyer != caller && lease.Provider != caller)) return StopResaleRefusal.UnknownLease;
        if (lease.Buyer != caller) return StopResaleRefusal.NotTheBuyer;
        if (lease.Resale is not { ListingId: var listing }) return StopResaleRefusal.NeverOffered;

        var attempt = await workspace.AttemptAsync<string, Lease, StopResaleRefusal>(
            LeaseRows.Of(id), IdempotencyKey.Of($"stop:{listing}"), id.ToString(), work => DecideAsync(work, listing, cancellationToken), cancellationToken);
        return attempt.Result;
    }

    private async Task<Result<Lease, StopResaleRefusal>> DecideAsync(PartitionWork work, ListingId listing, CancellationToken cancellationToken)
    {
        var lease = (await work.ReadAsync<Lease>(LeaseRows.Lease, cancellationToken))!;
        return LeaseConsequences.Record(work, lease, ResaleDecider.Stop(lease, listing, time.Now()), options.Value);
    }
}

/// <summary>Command: the window of an offer is over. Sent to be due then.</summary>
public sealed record EndResale(LeaseId LeaseId, ListingId ListingId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "leasing.end-resale.v1";
}

/// <summary>Stops an offer whose hours are over.</summary>
internal sealed class EndResaleHandler(LeaseWork leases, TimeProvider time) : IMessageHandler<EndResale>
{
    public Task HandleAsync(EndResale message, MessageContext context, CancellationToken cancellationToken) =>
        leases.HandleAsync(message.LeaseId, lease => ResaleDecider.Stop(lease, message.ListingId, time.Now()), context, cancellationToken);
}

/// <summary>Takes note that the book has closed an offer, whoever wanted it.</summary>
internal sealed class ResaleClosedHandler(LeaseWork leases) : IMessageHandler<ResaleClosed>
{
    public Task HandleAsync(ResaleClosed message, MessageContext context, CancellationToken cancellationToken) => leases.HandleAsync(
        message.LeaseId, lease => ResaleDecider.Confirm(lease, message.ListingId, message.Trades, message.ClosedAt), context, cancellationToken);
}
