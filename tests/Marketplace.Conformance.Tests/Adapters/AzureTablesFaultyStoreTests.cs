using Marketplace.AzureTables;
using Marketplace.Conformance.Tests.Azure;
using Marketplace.Conformance.Tests.Suite;
using Marketplace.Runtime.Store;

namespace Marketplace.Conformance.Tests.Adapters;

/// <summary>
/// The whole suite once more, with a wire that loses requests and answers, throttles, fails, calls fresh rows stale, and gives empty and
/// short pages: about every fifth try. For a caller like the runtime all of it must still hold. The seed is fixed.
/// </summary>
public sealed class AzureTablesFaultyStoreTests : PartitionStoreConformance
{
    private const int Seed = 20_261_128;

    // A tenth of the tries fail: twelve in a row are out of the question.
    protected override async ValueTask<IPartitionStore> OpenAsync() =>
        new PatientStore(new AzureTablesPartitionStore(await AzureTablesFaultTests.ClientAsync(new FaultyWire(new RandomWire(Seed).Draw), retries: 12)));

    protected override ValueTask<IPartitionStore> RestartAsync() => OpenAsync();
}
