using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Marketplace.Api.Auth;
using Marketplace.Client;
using Marketplace.Local.Data;
using Marketplace.Local.Demo;
using Marketplace.Testing.Host;
using Marketplace.Testing.Store;

namespace Marketplace.EndToEnd.Tests.Kill;

/// <summary>
/// The demo's story against a host that is killed with SIGKILL at random moments and started again on the same data: nothing that was
/// acknowledged may be lost, nothing may happen twice, and the story must come to its end.
/// </summary>
public sealed class KilledHostTests(ITestOutputHelper output)
{
    private const int LeastKills = 20;

    // On a slow machine the story must come to its end all the same.
    private const int MostKills = 32;

    [Fact(Timeout = 300_000)]
    public async Task A_host_killed_at_random_twenty_times_loses_nothing_and_finishes_the_story()
    {
        using var folder = new TemporaryFolder();
        var seed = Environment.TickCount;
        var random = new Random(seed);
        output.WriteLine($"seed {seed}");
        var data = new DataFolder(folder.Path);
        using var tokenKey = data.OpenTokenKey();
        var port = FreePortPair();
        using var world = new StoryWorld(
            new Uri($"http://127.0.0.1:{port}"), new Uri($"http://127.0.0.1:{port + 1}"), new LocalTokenIssuer(tokenKey, TimeProvider.System), folder.Path, ClaimShare: 0.02);

        var host = await StartAsync(folder.Path, port);
        var told = new Story(world, new QuietNarrator(output)).PlayAsync(TestContext.Current.CancellationToken);
        var kills = 0;
        while (kills < LeastKills || (!told.IsCompleted && kills < MostKills))
        {
            // Between a kill in the midst of the first requests and one that lets a proof or a settlement go through.
            await Task.Delay(random.Next(50, 2000), TestContext.Current.CancellationToken);
            await host.KillAsync();
            await host.DisposeAsync();
            kills++;
            host = await StartAsync(folder.Path, port);
        }

        await using var last = host;
        var report = await told;
        output.WriteLine($"{kills} kills; {report}");

        Assert.Equal((3, 1), (report.Listings.Active, report.Listings.Rejected));
        Assert.Equal(4, report.Trades);
        Assert.True(report.GpuSecondsMetered > 0);
        Assert.Equal(0, report.LedgerSum);
        Assert.Equal(0, report.DifferencesBefore);
        Assert.Equal(1, report.DifferencesAfterPlant);
        Assert.Empty((await world.Platform.ListDeadLettersAsync(cancellationToken: TestContext.Current.CancellationToken)).Items);
    }

    private static Task<HostProcess> StartAsync(string folder, int port) => HostProcess.StartAsync(folder, "--port", $"{port}", "--test-clock");

    // The Stripe double listens on the next port. Below the ports that systems hand out to clients, so that none is taken while the host is
    // down; by process, so that two runs do not begin at the same pair.
    private static int FreePortPair()
    {
        for (var port = 20_000 + Environment.ProcessId % 5_000 * 2; ; port += 2)
        {
            if (IsFree(port) && IsFree(port + 1)) return port;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Tells the story to the test's output.</summary>
    private sealed class QuietNarrator(ITestOutputHelper output) : INarrator
    {
        private readonly long began = Stopwatch.GetTimestamp();

        public void Chapter(string title) => Say(title);

        public void Say(string line) => output.WriteLine($"{Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} {line}");

        public void Table(string title, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
        {
            foreach (var row in rows) Say($"{title}: {string.Join(" | ", row)}");
        }

        public Task<T> WhileAsync<T>(string what, Func<Task<T>> work) => work();
    }
}
