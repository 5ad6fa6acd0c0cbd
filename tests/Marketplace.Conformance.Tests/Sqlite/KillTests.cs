using System.Globalization;
using Marketplace.Runtime.Store;
using Marketplace.Sqlite;
using Marketplace.Testing.Store;

namespace Marketplace.Conformance.Tests.Sqlite;

public sealed class KillTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Killed_host_loses_nothing_that_it_acknowledged_and_leaves_no_half_commit()
    {
        var path = folder.File("store.db");
        var acknowledged = new int[CommitUntilKilled.Writers];
        foreach (var killAfter in new[] { 3, 60, 400 })
        {
            await RunAndKill(path, killAfter, acknowledged);

            await using var store = SqlitePartitionStore.Open(path);
            for (var writer = 0; writer < acknowledged.Length; writer++)
            {
                var found = await CommitUntilKilled.CountAsync(store, writer);
                Assert.InRange(found, acknowledged[writer], acknowledged[writer] + 1);
                if (found > 0)
                {
                    var again = await store.CommitAsync(CommitUntilKilled.Commit(writer, found - 1), default);
                    Assert.Equal(CommitStatus.AlreadyCommitted, again.Status);
                }

                acknowledged[writer] = found;
            }
        }
    }

    /// <summary>Runs a child, notes what it says it committed, and kills it in full flight after some lines.</summary>
    private static async Task RunAndKill(string path, int killAfter, int[] acknowledged)
    {
        using var child = ThisProgram.Start(CommitUntilKilled.Argument, path);
        for (var lines = 0; await child.StandardOutput.ReadLineAsync() is { } line; lines++)
        {
            var words = line.Split(' ');
            if (words.Length == 2 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                acknowledged[int.Parse(words[0], CultureInfo.InvariantCulture)] = number + 1;
            }

            if (lines == 1) Assert.Throws<SqliteStoreInUseException>(() => SqlitePartitionStore.Open(path));
            if (lines == killAfter) child.Kill();
        }

        await child.WaitForExitAsync();
        Assert.NotEqual(0, child.ExitCode);
    }
}
