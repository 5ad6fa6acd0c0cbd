using Marketplace.Conformance.Tests.Suite;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Store;

namespace Marketplace.Conformance.Tests.Adapters;

public sealed class InMemoryStoreTests : PartitionStoreConformance
{
    private readonly InMemoryPartitionStore store = new();

    protected override ValueTask<IPartitionStore> OpenAsync() => ValueTask.FromResult<IPartitionStore>(store);

    protected override ValueTask<IPartitionStore> RestartAsync() => OpenAsync();
}

/// <summary>The whole suite again where every other page comes back empty: callers and suite follow continuations.</summary>
public sealed class InMemoryStoreWithEmptyPagesTests : PartitionStoreConformance
{
    private readonly FaultyPartitionStore store = new(new InMemoryPartitionStore(), call => call.Number % 2 == 0 ? StoreFault.None : StoreFault.EmptyPage);

    protected override ValueTask<IPartitionStore> OpenAsync() => ValueTask.FromResult<IPartitionStore>(store);

    protected override ValueTask<IPartitionStore> RestartAsync() => OpenAsync();
}

public sealed class InMemoryOutboxIndexTests : OutboxIndexConformance
{
    protected override ValueTask<(IPartitionStore Store, IOutboxIndex Index)> OpenAsync()
    {
        var store = new InMemoryPartitionStore();
        return ValueTask.FromResult<(IPartitionStore, IOutboxIndex)>((store, store));
    }
}

public sealed class InMemoryMarkerIndexTests : MarkerOutboxIndexConformance
{
    protected override ValueTask<(IPartitionStore Store, IOutboxIndex Index)> OpenAsync()
    {
        var store = new FaultyPartitionStore(new InMemoryPartitionStore(), call => call.Number % 2 == 0 ? StoreFault.None : StoreFault.EmptyPage);
        return ValueTask.FromResult<(IPartitionStore, IOutboxIndex)>((store, Over(store, Clock)));
    }
}
