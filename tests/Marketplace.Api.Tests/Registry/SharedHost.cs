namespace Marketplace.Api.Tests.Registry;

/// <summary>One host for the tests of this folder: each makes organisations of its own, and none moves the clock.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    public ApiHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await ApiHost.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class RegistryTests : ICollectionFixture<SharedHost>
{
    public const string Name = "registry";
}
