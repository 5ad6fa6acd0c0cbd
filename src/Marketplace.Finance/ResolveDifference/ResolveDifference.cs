using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Finance;

/// <summary>Why a difference is not resolved. The first that applies is given.</summary>
public enum ResolveDifferenceRefusal
{
    /// <summary>There is no such reconciliation.</summary>
    ReconciliationUnknown,

    /// <summary>The reconciliation has no such difference.</summary>
    DifferenceUnknown,

    /// <summary>It was resolved before.</summary>
    DifferenceResolvedAlready,

    /// <summary>The ledger has no such entry in the month of the reconciliation, the one after, or this one.</summary>
    EntryUnknown,
}

/// <summary>Resolves differences: who, when, why, and which ledger entry settles it. Nothing else changes.</summary>
public sealed class ResolveDifference(Workspace workspace, ReadReconciliations reconciliations, ILedgerRecords ledger, TimeProvider time)
{
    /// <summary>Resolves a difference. Every later reconciliation of the month that finds the same one lists it as resolved.</summary>
    /// <param name="reconciliation">A reconciliation that lists it.</param>
    /// <param name="differenceId">Which.</param>
    /// <param name="reason">Why it needs no more work; not empty.</param>
    /// <param name="entry">The ledger entry that settles it; null where none does.</param>
    /// <param name="resolvedBy">Who says so.</param>
    /// <param name="key">The request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Attempt<Difference, ResolveDifferenceRefusal>> ResolveAsync(
        ReconciliationId reconciliation, string differenceId, string reason, EntryId? entry, string resolvedBy, IdempotencyKey key,
        CancellationToken cancellationToken) =>
        workspace.AttemptAsync<string, Difference, ResolveDifferenceRefusal>(
            FinanceRows.Reconciliations,
            key,
            $"resolve {differenceId} of {reconciliation} by {entry} for {resolvedBy}: {reason}",
            async work =>
            {
                if (await reconciliations.FindAsync(reconciliation, cancellationToken) is not { } report) return ResolveDifferenceRefusal.ReconciliationUnknown;
                var differences = await reconciliations.ListDifferencesAsync(reconciliation, cancellationToken);
                if (differences.FirstOrDefault(d => d.DifferenceId == differenceId) is not { } difference) return ResolveDifferenceRefusal.DifferenceUnknown;
                var row = FinanceRows.Resolution(report.Period, differenceId);
                if (await work.ReadAsync<Resolution>(row, cancellationToken) is not null) return ResolveDifferenceRefusal.DifferenceResolvedAlready;
                if (entry is { } id && !await HasEntryAsync(id, report.Period, cancellationToken)) return ResolveDifferenceRefusal.EntryUnknown;
                var resolution = new Resolution(reason, resolvedBy, time.Now(), entry);
                work.Put(row, resolution);
                return difference with { Resolution = resolution };
            },
            cancellationToken);

    private async Task<bool> HasEntryAsync(EntryId id, BillingPeriod period, CancellationToken cancellationToken)
    {
        foreach (var month in new[] { period, period.Next, BillingPeriod.Containing(time.Now()) }.Distinct())
        {
            foreach (var currency in Currency.Known)
            {
                await foreach (var entry in ledger.ListAsync(currency, month, cancellationToken))
                {
                    if (entry.Entry.EntryId == id) return true;
                }
            }
        }

        return false;
    }
}

/// <summary>Reads which differences are resolved.</summary>
public sealed class ReadResolutions(IPartitionStore store)
{
    /// <summary>The resolutions of a month, by difference.</summary>
    public async Task<IReadOnlyDictionary<string, Resolution>> OfAsync(BillingPeriod period, CancellationToken cancellationToken)
    {
        var resolved = new Dictionary<string, Resolution>(StringComparer.Ordinal);
        await foreach (var row in store.ReadRangeAsync(FinanceRows.Reconciliations, FinanceRows.Resolutions(period), cancellationToken))
        {
            resolved[row.RowKey[FinanceRows.Resolution(period, "").Length..]] = MarketplaceJson.Deserialize<Resolution>(row.Body);
        }

        return resolved;
    }
}
