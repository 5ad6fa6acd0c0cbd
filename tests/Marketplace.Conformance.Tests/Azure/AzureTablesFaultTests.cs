using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Marketplace.AzureTables;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Azurite;

namespace Marketplace.Conformance.Tests.Azure;

/// <summary>What the network does to a commit, seen through the client library's own retries.</summary>
public sealed class AzureTablesFaultTests
{
    private static readonly EntityOperation[] OneRow = [new EntityOperation.Insert("a", new byte[] { 1 })];
    private readonly PartitionId partition = new("faults", Guid.NewGuid().ToString());
    private readonly FaultyWire wire = new();

    [Fact]
    public async Task Commit_whose_answer_the_network_lost_ends_as_already_committed_with_its_own_receipt()
    {
        var store = await OpenAsync();
        wire.LoseAnswers = 1;

        var result = await store.CommitAsync(new Commit(partition, "op", OneRow, new byte[] { 7 }), default);

        Assert.Equal((CommitStatus.AlreadyCommitted, 7), (result.Status, result.Receipt.Span[0]));
        Assert.NotNull(await store.ReadAsync(partition, "a", default));
    }

    [Fact]
    public async Task Throttled_commit_is_retried_and_applied()
    {
        var store = await OpenAsync();
        wire.DropRequests = 2;

        Assert.Equal(CommitStatus.Committed, (await store.CommitAsync(new Commit(partition, "op", OneRow, default), default)).Status);
    }

    [Fact]
    public async Task Network_that_stays_down_is_an_exception_and_the_callers_retry_succeeds()
    {
        var store = await OpenAsync();
        wire.DropRequests = 4;

        await Assert.ThrowsAnyAsync<Exception>(async () => await store.CommitAsync(new Commit(partition, "op", OneRow, default), default));
        Assert.Equal(CommitStatus.Committed, (await store.CommitAsync(new Commit(partition, "op", OneRow, default), default)).Status);
    }

    private async Task<AzureTablesPartitionStore> OpenAsync()
    {
        var options = new TableClientOptions { Retry = { MaxRetries = 3, Mode = RetryMode.Fixed, Delay = TimeSpan.FromMilliseconds(1) } };
        options.AddPolicy(wire, HttpPipelinePosition.PerRetry);
        var store = new AzureTablesPartitionStore(new TableServiceClient((await AzuriteServer.GetAsync()).ConnectionString, options));
        await store.CommitAsync(new Commit(partition, null, [new EntityOperation.Insert("makes-the-table", default)], default), default);
        return store;
    }

    /// <summary>Loses requests before they are sent, or answers after the server acted.</summary>
    private sealed class FaultyWire : HttpPipelinePolicy
    {
        public int DropRequests { get; set; }

        public int LoseAnswers { get; set; }

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            if (DropRequests-- > 0) throw new IOException("The request was dropped.");
            await ProcessNextAsync(message, pipeline);
            if (LoseAnswers-- > 0) throw new IOException("The answer was lost.");
        }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();
    }
}
