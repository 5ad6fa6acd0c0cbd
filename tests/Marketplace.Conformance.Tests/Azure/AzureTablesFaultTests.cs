using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Marketplace.AzureTables;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Azurite;

namespace Marketplace.Conformance.Tests.Azure;

/// <summary>What the network and the service do, one fault at a time, seen through the client library's own retries.</summary>
public sealed class AzureTablesFaultTests
{
    private static readonly EntityOperation[] OneRow = [new EntityOperation.Insert("a", new byte[] { 1 })];
    private readonly PartitionId partition = new("faults", Guid.NewGuid().ToString());
    private readonly Queue<WireFault> faults = [];

    [Fact]
    public async Task Commit_whose_answer_the_network_lost_ends_as_already_committed_with_its_own_receipt()
    {
        var store = await OpenAsync();
        faults.Enqueue(WireFault.AnswerLost);

        var result = await store.CommitAsync(new Commit(partition, "op", OneRow, new byte[] { 7 }), default);

        Assert.Equal((CommitStatus.AlreadyCommitted, 7), (result.Status, result.Receipt.Span[0]));
        Assert.NotNull(await store.ReadAsync(partition, "a", default));
    }

    [Theory]
    [InlineData(WireFault.Throttled)]
    [InlineData(WireFault.Failed)]
    [InlineData(WireFault.RequestLost)]
    public async Task Commit_that_is_throttled_fails_or_is_lost_is_retried_and_applied_once(WireFault fault)
    {
        var store = await OpenAsync();
        Inject(fault, 2);

        Assert.Equal(CommitStatus.Committed, (await store.CommitAsync(new Commit(partition, "op", OneRow, default), default)).Status);
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData(WireFault.Throttled)]
    [InlineData(WireFault.Failed)]
    [InlineData(WireFault.RequestLost)]
    public async Task Fault_that_stays_is_an_exception_and_the_callers_retry_succeeds(WireFault fault)
    {
        var store = await OpenAsync();
        Inject(fault, 4);

        await Assert.ThrowsAnyAsync<Exception>(async () => await store.CommitAsync(new Commit(partition, "op", OneRow, default), default));
        Assert.Equal(CommitStatus.Committed, (await store.CommitAsync(new Commit(partition, "op", OneRow, default), default)).Status);
    }

    [Fact]
    public async Task Stale_etag_is_a_conflict_and_changes_nothing()
    {
        var store = await OpenAsync();
        faults.Enqueue(WireFault.Stale);

        Assert.Equal(CommitStatus.Conflict, (await store.CommitAsync(new Commit(partition, "op", OneRow, default), default)).Status);
        Assert.Null(await store.ReadAsync(partition, "a", default));
    }

    [Fact]
    public async Task Stale_etag_after_a_lost_answer_is_no_conflict_for_the_receipt_says_that_it_was_applied()
    {
        var store = await OpenAsync();
        faults.Enqueue(WireFault.AnswerLost);
        faults.Enqueue(WireFault.Stale);

        Assert.Equal(CommitStatus.AlreadyCommitted, (await store.CommitAsync(new Commit(partition, "op", OneRow, default), default)).Status);
    }

    [Fact]
    public async Task Empty_pages_and_pages_that_end_early_lose_and_repeat_nothing()
    {
        var store = await OpenAsync();
        string[] keys = [.. Enumerable.Range(0, 20).Select(i => $"row-{i:D2}")];
        await store.CommitAsync(new Commit(partition, "op", [.. keys.Select(key => new EntityOperation.Insert(key, new byte[] { 1 }))], default), default);
        foreach (var fault in new[] { WireFault.EmptyPage, WireFault.EmptyPage, WireFault.EarlyEnd, WireFault.EmptyPage, WireFault.EarlyEnd }) faults.Enqueue(fault);

        var pages = new List<int>();
        var read = new List<string>();
        string? continuation = null;
        do
        {
            var page = await store.ReadPageAsync(partition, RowRange.StartingWith("row-"), 9, continuation, default);
            pages.Add(page.Entities.Count);
            read.AddRange(page.Entities.Select(entity => entity.RowKey));
            continuation = page.Continuation;
        }
        while (continuation is not null);

        Assert.Equal(keys, read);
        Assert.Equal([0, 0, 3, 0, 3, 9, 5], pages);
    }

    private void Inject(WireFault fault, int times)
    {
        for (var i = 0; i < times; i++) faults.Enqueue(fault);
    }

    private async Task<AzureTablesPartitionStore> OpenAsync()
    {
        var store = new AzureTablesPartitionStore(await ClientAsync(new FaultyWire(_ => faults.TryDequeue(out var fault) ? fault : WireFault.None), retries: 3));
        await store.CommitAsync(new Commit(partition, null, [new EntityOperation.Insert("makes-the-table", default)], default), default);
        return store;
    }

    /// <summary>A client of the emulator behind a faulty wire, which waits a millisecond before it tries again.</summary>
    internal static async Task<TableServiceClient> ClientAsync(FaultyWire wire, int retries)
    {
        var options = new TableClientOptions { Transport = new WireTransport(), Retry = { MaxRetries = retries, Mode = RetryMode.Fixed, Delay = TimeSpan.FromMilliseconds(1) } };
        options.AddPolicy(wire, HttpPipelinePosition.PerRetry);
        return new TableServiceClient((await AzuriteServer.GetAsync()).ConnectionString, options);
    }
}
