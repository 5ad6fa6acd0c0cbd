using Azure.Data.Tables;
using Marketplace.AzureTables;
using Marketplace.Conformance.Tests.Suite;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Azurite;

namespace Marketplace.Conformance.Tests.Adapters;

public sealed class AzureTablesStoreTests : PartitionStoreConformance
{
    protected override async ValueTask<IPartitionStore> OpenAsync() =>
        new AzureTablesPartitionStore(new TableServiceClient((await AzuriteServer.GetAsync()).ConnectionString));

    // A new client on the same account is what another host, or this one after a restart, has.
    protected override ValueTask<IPartitionStore> RestartAsync() => OpenAsync();
}

public sealed class AzureTablesMarkerIndexTests : MarkerOutboxIndexConformance
{
    // Each costs two round trips to the emulator.
    protected override int Many => 60;

    protected override async ValueTask<(IPartitionStore Store, IOutboxIndex Index)> OpenAsync()
    {
        var store = new AzureTablesPartitionStore(new TableServiceClient((await AzuriteServer.GetAsync()).ConnectionString));
        return (store, Over(store, Clock));
    }
}
