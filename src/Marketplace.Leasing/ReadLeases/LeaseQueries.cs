using Marketplace.Contracts;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using NodaTime;

namespace Marketplace.Leasing.ReadLeases;

/// <summary>What buyers, providers and machines read of leases.</summary>
public sealed class LeaseQueries(IPartitionStore store) : IMachineLeases, ILeasedCapacities
{
    /// <summary>A lease, or null.</summary>
    public async Task<Lease?> FindAsync(LeaseId id, CancellationToken cancellationToken) =>
        await store.ReadAsync(LeaseRows.Of(id), LeaseRows.Lease, cancellationToken) is { } row ? MarketplaceJson.Deserialize<Lease>(row.Body) : null;

    /// <summary>A lease that an organisation buys or provides, or null.</summary>
    public async Task<Lease?> FindAsync(OrganisationId party, LeaseId id, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) is { } lease && (lease.Buyer == party || lease.Provider == party) ? lease : null;

    /// <summary>The leases that an organisation buys or provides, newest first.</summary>
    /// <param name="party">The organisation.</param>
    /// <param name="after">The last lease of the page before; null for the first page.</param>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<Lease>> ListAsync(OrganisationId party, LeaseId? after, int limit, CancellationToken cancellationToken)
    {
        var range = RowRange.StartingWith(LeaseRows.IndexPrefix);
        if (after is { } last) range = range.After(LeaseRows.IndexKey(last));
        return await ReadAsync(party.ToString(), range, _ => true, limit, cancellationToken);
    }

    /// <summary>A machine's leases that are ready, and when the next one begins.</summary>
    public async Task<MachineLeases> ListOfMachineAsync(MachineId machine, CancellationToken cancellationToken)
    {
        var leases = await ReadAsync(machine.ToString(), RowRange.StartingWith(LeaseRows.IndexPrefix), _ => true, int.MaxValue, cancellationToken);
        return new MachineLeases(
            [.. leases.Where(lease => lease.State == LeaseState.Active)],
            leases.Where(lease => lease.State == LeaseState.Scheduled).Select(lease => (Instant?)lease.Window.Start).Min());
    }

    /// <inheritdoc/>
    public async Task<bool> IsLeasedAsync(MachineId machine, CancellationToken cancellationToken) => (await ReadAsync(
        machine.ToString(),
        RowRange.StartingWith(LeaseRows.IndexPrefix),
        lease => lease.State is LeaseState.Preparing or LeaseState.Active,
        limit: 1,
        cancellationToken)).Count > 0;

    /// <inheritdoc/>
    public async Task<LeasedCapacity?> FindCapacityAsync(LeaseId lease, CancellationToken cancellationToken) =>
        await FindAsync(lease, cancellationToken) is { } known ? new LeasedCapacity(known.Book, known.MachineOwner) : null;

    private async Task<IReadOnlyList<Lease>> ReadAsync(
        string owner, RowRange range, Func<Lease, bool> filter, int limit, CancellationToken cancellationToken)
    {
        var leases = new List<Lease>();
        await foreach (var row in store.ReadRangeAsync(LeaseRows.Index(owner), range, cancellationToken))
        {
            if (leases.Count == limit) break;
            var lease = await FindAsync(MarketplaceJson.Deserialize<LeaseIndexRow>(row.Body).LeaseId, cancellationToken);
            InvariantException.Require(lease is not null, $"{owner} lists a lease that does not exist.");
            if (filter(lease)) leases.Add(lease);
        }

        return leases;
    }
}

/// <summary>What a machine has to know of its leases.</summary>
/// <param name="Active">Those that are ready and have not ended: what it meters.</param>
/// <param name="NextStart">When the next of its leases begins, and with it the proof of readiness; null where none is to come.</param>
public sealed record MachineLeases(IReadOnlyList<Lease> Active, Instant? NextStart);
