using System.Text;
using Marketplace.Runtime.Store;

namespace Marketplace.Conformance.Tests.Suite;

/// <summary>What every store must do, whatever it is made of. Each adapter derives one class from it.</summary>
public abstract partial class PartitionStoreConformance : IAsyncLifetime
{
    private static int partitions;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected IPartitionStore Store { get; private set; } = null!;

    /// <summary>A partition that no other test has written, even where all share one server.</summary>
    protected PartitionId Partition { get; } = NewPartition();

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    protected static PartitionId NewPartition() => new("conformance", $"p-{Environment.ProcessId}-{Interlocked.Increment(ref partitions)}");

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span);

    protected static EntityOperation Insert(string row, string text = "new") => new EntityOperation.Insert(row, Bytes(text));

    protected static EntityOperation Replace(string row, string etag, string text) => new EntityOperation.Replace(row, Bytes(text), etag);

    protected static EntityOperation Delete(string row, string etag) => new EntityOperation.Delete(row, etag);

    /// <summary>A store on the same data; called again after <see cref="CloseAsync"/> to see what outlives a host.</summary>
    protected abstract ValueTask<IPartitionStore> OpenAsync();

    /// <summary>Lets go of the store and, at the end of the test, of its data.</summary>
    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;

    /// <summary>Closes and opens, as a restart of the host does.</summary>
    protected abstract ValueTask<IPartitionStore> RestartAsync();

    protected async Task<CommitResult> Commit(params EntityOperation[] operations) =>
        await Store.CommitAsync(new Commit(Partition, $"op-{Interlocked.Increment(ref partitions)}", operations, default), Token);

    /// <summary>Commits what must succeed, and gives the ETag of a row.</summary>
    protected async Task<string> Put(EntityOperation operation)
    {
        var result = await Commit(operation);
        Assert.Equal(CommitStatus.Committed, result.Status);
        return result.ETags.GetValueOrDefault(operation.RowKey, "");
    }

    protected async Task<string?> Read(string row) => await Store.ReadAsync(Partition, row, Token) is { } entity ? Text(entity.Body) : null;

    protected async Task<List<Entity>> ReadRange(RowRange range, int limit = 1000)
    {
        var all = new List<Entity>();
        string? continuation = null;
        do
        {
            var page = await Store.ReadPageAsync(Partition, range, limit, continuation, Token);
            Assert.True(page.Entities.Count <= limit, "A page holds more than asked for.");
            all.AddRange(page.Entities);
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return all;
    }

    protected async Task<List<string>> ReadKeys(RowRange range, int limit = 1000) => [.. (await ReadRange(range, limit)).Select(entity => entity.RowKey)];
}
