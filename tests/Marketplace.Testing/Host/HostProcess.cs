using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Marketplace.Testing.Host;

/// <summary>
/// The real host as a process of its own, on a free port and a data folder that the caller keeps. The program that uses it references
/// Marketplace.Local, so that the host is built beside it.
/// </summary>
public sealed partial class HostProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(string[] arguments)
    {
        process = new Process { StartInfo = Start(arguments) };
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("The host ended:\n" + Output));
    }

    /// <summary>What it printed.</summary>
    public string Output
    {
        get
        {
            lock (output) return output.ToString();
        }
    }

    /// <summary>Where the API listens.</summary>
    public Uri Url => new(Printed(UrlLine()));

    /// <summary>A token with all scopes.</summary>
    public string OperatorToken => Printed(TokenLine());

    /// <summary>What <c>POST /local/tokens</c> asks for.</summary>
    public string OperatorSecret => Printed(SecretLine());

    /// <summary>Starts a host and waits until it serves.</summary>
    public static async Task<HostProcess> StartAsync(string dataFolder, params string[] arguments)
    {
        var host = new HostProcess(["--data", dataFolder, .. arguments.Contains("--port") ? [] : (string[])["--port", "0"], .. arguments]);
        host.process.Start();
        host.process.BeginOutputReadLine();
        host.process.BeginErrorReadLine();
        try
        {
            await host.ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command of the host to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var process = new Process { StartInfo = Start(arguments) };
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, await output + await error);
    }

    /// <summary>A client with a token.</summary>
    public HttpClient Http(string? token = null)
    {
        var http = new HttpClient { BaseAddress = Url };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return http;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; gives the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    private static ProcessStartInfo Start(string[] arguments) =>
        new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Marketplace.Local.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };

    private void Take(string? line)
    {
        if (line is null) return;
        lock (output) output.AppendLine(line);
        if (line == "Ready.") ready.TrySetResult();
    }

    private string Printed(Regex line) => line.Match(Output).Groups[1].Value;

    [GeneratedRegex(@"serves at\s+(\S+)")]
    private static partial Regex UrlLine();

    [GeneratedRegex(@"operator token, 24 hours\s+(\S+)")]
    private static partial Regex TokenLine();

    [GeneratedRegex(@"operator secret\s+(\S+)")]
    private static partial Regex SecretLine();
}
