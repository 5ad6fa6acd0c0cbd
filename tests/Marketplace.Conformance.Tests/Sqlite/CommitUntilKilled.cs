using Marketplace.Runtime.Store;
using Marketplace.Sqlite;

namespace Marketplace.Conformance.Tests.Sqlite;

/// <summary>The child of the kill test: several writers commit as fast as they can and say so after each answer.</summary>
internal static class CommitUntilKilled
{
    public const string Argument = "--commit-until-killed";
    public const int Writers = 8;

    public static PartitionId Partition(int writer) => new("killed", $"writer-{writer}");

    /// <summary>Each commit inserts two rows: half a commit would show.</summary>
    public static Commit Commit(int writer, int number) => new(
        Partition(writer),
        $"op-{number}",
        [new EntityOperation.Insert($"a-{number:D8}", new byte[700]), new EntityOperation.Insert($"b-{number:D8}", new byte[700])],
        default);

    public static async Task<int> RunAsync(string path)
    {
        var store = SqlitePartitionStore.Open(path);
        var output = Console.Out;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (var number = await CountAsync(store, writer); ; number++)
            {
                var result = await store.CommitAsync(Commit(writer, number), default);
                if (result.Status != CommitStatus.Committed) throw new InvalidOperationException($"Writer {writer} could not commit {number}: {result.Status}.");
                lock (output)
                {
                    output.WriteLine($"{writer} {number}");
                    output.Flush();
                }
            }
        })));
        return 0;
    }

    /// <summary>How many commits of a writer are in the store, each of which must be whole.</summary>
    public static async Task<int> CountAsync(IPartitionStore store, int writer)
    {
        var counts = new[] { "a-", "b-" }.Select(prefix => store.ReadRangeAsync(Partition(writer), RowRange.StartingWith(prefix), default).CountAsync().AsTask());
        var both = await Task.WhenAll(counts);
        return both[0] == both[1] ? both[0] : throw new InvalidOperationException($"Writer {writer} has {both[0]} first rows and {both[1]} second rows.");
    }
}
