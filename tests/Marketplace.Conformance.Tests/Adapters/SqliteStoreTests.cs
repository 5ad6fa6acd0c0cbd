using Marketplace.Conformance.Tests.Suite;
using Marketplace.Runtime.Store;
using Marketplace.Sqlite;
using Marketplace.Testing.Store;

namespace Marketplace.Conformance.Tests.Adapters;

public class SqliteStoreTests : PartitionStoreConformance
{
    private readonly TemporaryFolder folder = new();
    private SqlitePartitionStore? store;

    protected override ValueTask<IPartitionStore> OpenAsync() => ValueTask.FromResult<IPartitionStore>(store = SqlitePartitionStore.Open(folder.File("store.db")));

    protected override async ValueTask<IPartitionStore> RestartAsync()
    {
        await store!.DisposeAsync();
        return await OpenAsync();
    }

    protected override async ValueTask CloseAsync()
    {
        if (store is not null) await store.DisposeAsync();
        folder.Dispose();
    }
}

/// <summary>The suite on SQLite behind faults that it need not notice: empty pages.</summary>
public sealed class SqliteStoreWithEmptyPagesTests : SqliteStoreTests
{
    protected override async ValueTask<IPartitionStore> OpenAsync() =>
        new FaultyPartitionStore(await base.OpenAsync(), call => call.Number % 2 == 0 ? StoreFault.None : StoreFault.EmptyPage);
}

public sealed class SqliteOutboxIndexTests : OutboxIndexConformance
{
    private readonly TemporaryFolder folder = new();
    private SqlitePartitionStore? store;

    protected override ValueTask<(IPartitionStore Store, IOutboxIndex Index)> OpenAsync()
    {
        store = SqlitePartitionStore.Open(folder.File("store.db"));
        return ValueTask.FromResult<(IPartitionStore, IOutboxIndex)>((store, new SqliteOutboxIndex(store)));
    }

    protected override async ValueTask CloseAsync()
    {
        if (store is not null) await store.DisposeAsync();
        folder.Dispose();
    }
}
