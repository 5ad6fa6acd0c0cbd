using System.Diagnostics;
using System.Text;

namespace Marketplace.Local.Demo;

/// <summary>How a worker process ended.</summary>
/// <param name="ExitCode">0 for success.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Errors">What it wrote to standard error.</param>
internal sealed record WorkerResult(int ExitCode, string Output, string Errors);

/// <summary>
/// Runs the benchmark worker as its own process, as it runs on a provider's machine: it knows the API's address and its own key,
/// and nothing else of this host.
/// </summary>
internal static class WorkerProcess
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "marketplace-worker.dll");

    /// <summary>Runs the worker to its end. Cancelling ends the process.</summary>
    public static async Task<WorkerResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && IsDotnet(path) ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Assembly);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);

        using var process = Process.Start(start) ?? throw new InvalidOperationException("The worker did not start.");
        var (output, errors) = (new StringBuilder(), new StringBuilder());
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new WorkerResult(process.ExitCode, output.ToString(), errors.ToString());
    }

    private static bool IsDotnet(string path) => Path.GetFileNameWithoutExtension(path).Equals("dotnet", StringComparison.OrdinalIgnoreCase);

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            if (line is not null) text.AppendLine(line);
        }
    }
}
