using Marketplace.Runtime.Store;

namespace Marketplace.Testing.Store;

/// <summary>
/// Any store, with faults where the hook says so. A fault that makes no sense for a call (a conflict while reading) is left out,
/// so a hook may draw blindly.
/// </summary>
public sealed class FaultyPartitionStore(IPartitionStore inner, Func<StoreCall, StoreFault> hook) : IPartitionStore
{
    // An inner continuation behind this mark tells a repeated read of the first page from an injected empty page.
    private const string EmptyPageMark = "empty page, then:";
    private long calls;

    public async ValueTask<Entity?> ReadAsync(PartitionId partition, string rowKey, CancellationToken cancellationToken)
    {
        var call = Count(partition, null, readsPage: false);
        return await Around(call, hook(call), () => inner.ReadAsync(partition, rowKey, cancellationToken));
    }

    public async ValueTask<EntityPage> ReadPageAsync(
        PartitionId partition, RowRange range, int limit, string? continuation, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        var call = Count(partition, null, readsPage: true);
        var fault = hook(call);
        if (continuation?.StartsWith(EmptyPageMark, StringComparison.Ordinal) == true)
        {
            continuation = continuation[EmptyPageMark.Length..] is { Length: > 0 } real ? real : null;
        }

        if (fault == StoreFault.EmptyPage) return new EntityPage([], EmptyPageMark + continuation);
        return await Around(call, fault, () => inner.ReadPageAsync(partition, range, limit, continuation, cancellationToken));
    }

    public async ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        commit.CheckLimits();
        var call = Count(commit.Partition, commit, readsPage: false);
        var fault = hook(call);
        if (fault == StoreFault.Conflict) return CommitResult.Conflict;
        return await Around(call, fault, () => inner.CommitAsync(commit, cancellationToken));
    }

    private static async ValueTask<T> Around<T>(StoreCall call, StoreFault fault, Func<ValueTask<T>> work)
    {
        if (fault == StoreFault.ThrowBefore) throw new InjectedStoreFaultException(fault, call);
        var result = await work();
        if (fault == StoreFault.ThrowAfter) throw new InjectedStoreFaultException(fault, call);
        return result;
    }

    private StoreCall Count(PartitionId partition, Commit? commit, bool readsPage) => new(Interlocked.Increment(ref calls), partition, commit, readsPage);
}
