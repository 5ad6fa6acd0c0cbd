using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Verification.Sessions;

namespace Marketplace.Verification.Reverification;

/// <summary>Reads windows, and whether one is open for a machine.</summary>
public sealed class RecheckReader(IPartitionStore store, VerificationReader sessions) : IOpenRechecks
{
    /// <summary>A window of the provider, or null.</summary>
    public async Task<RecheckWindow?> FindAsync(OrganisationId provider, RecheckWindowId id, CancellationToken cancellationToken) =>
        await store.ReadAsync(VerificationRows.Of(provider), RecheckRows.Window(id), cancellationToken) is { } row
            ? MarketplaceJson.Deserialize<RecheckWindow>(row.Body)
            : null;

    /// <summary>The provider's windows, newest first.</summary>
    /// <param name="provider">Whose.</param>
    /// <param name="after">The last window of the page before; null for the first page.</param>
    /// <param name="limit">1 to 201.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<RecheckWindow>> ListAsync(
        OrganisationId provider, RecheckWindowId? after, int limit, CancellationToken cancellationToken)
    {
        var range = after is { } last ? RecheckRows.Windows.After(RecheckRows.Window(last)) : RecheckRows.Windows;
        var windows = new List<RecheckWindow>();
        await foreach (var row in store.ReadRangeAsync(VerificationRows.Of(provider), range, cancellationToken))
        {
            if (windows.Count == limit) break;
            windows.Add(MarketplaceJson.Deserialize<RecheckWindow>(row.Body));
        }

        return windows;
    }

    /// <inheritdoc/>
    public async Task<bool> IsOpenAsync(MachineId machine, CancellationToken cancellationToken) =>
        (await sessions.ListOpenAsync(machine, cancellationToken)).Any(session => session.Purpose == VerificationPurpose.Recheck);
}
