using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Marketplace.EndToEnd.Tests;

/// <summary>The real host as its own process on a data folder, to be killed without warning and started again.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "Marketplace.Local.dll");
    private readonly StringBuilder log = new();
    private readonly string dataPath;
    private Process? process;

    public HostProcess(string dataPath)
    {
        this.dataPath = dataPath;
        Port = FreePortPair();
        Url = new Uri($"http://127.0.0.1:{Port}");
    }

    public int Port { get; }

    public Uri Url { get; }

    public string Log
    {
        get
        {
            lock (log) return log.ToString();
        }
    }

    /// <summary>Starts the host and waits until it says that it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in new[] { "exec", Assembly, "serve", "--port", $"{Port}", "--data", dataPath, "--test-clock" }) start.ArgumentList.Add(argument);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process = Process.Start(start) ?? throw new InvalidOperationException("The host did not start.");
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"The host ended before it was ready:\n{Log}"));
        process.OutputDataReceived += (_, line) =>
        {
            Append(line.Data);
            if (line.Data?.Trim() == "Ready.") ready.TrySetResult();
        };
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        if (process is null) return;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    // The Stripe double listens on the next port.
    private static int FreePortPair()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            using var first = new TcpListener(IPAddress.Loopback, 0);
            first.Start();
            var port = ((IPEndPoint)first.LocalEndpoint).Port;
            using var second = new TcpListener(IPAddress.Loopback, port + 1);
            try
            {
                second.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: try another pair.
            }
        }

        throw new InvalidOperationException("No two free ports in a row.");
    }

    private void Append(string? line)
    {
        lock (log)
        {
            if (line is not null) log.AppendLine(line);
        }
    }
}
