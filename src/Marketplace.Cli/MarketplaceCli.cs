using System.CommandLine;
using Marketplace.Cli.Certificates;
using Marketplace.Cli.Finance;
using Marketplace.Client;

namespace Marketplace.Cli;

/// <summary>The command line: <c>marketplace finance reconcile --period 2026-10</c> and the like.</summary>
public static class MarketplaceCli
{
    /// <summary>Runs a command line and gives its exit code; see <see cref="ExitCodes"/>.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where complaints go.</param>
    /// <param name="connect">Makes the connection to a server; the caller's to choose, so that tests reach theirs.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, TextWriter output, TextWriter error, Func<Uri, HttpClient> connect, CancellationToken cancellationToken)
    {
        var root = new RootCommand("The marketplace from the command line. Exit codes: 0 done, 1 refused or unreachable, 2 wrong arguments, 3 differences are open, 4 a certificate does not hold, 5 it holds but has expired.")
        {
            FinanceCommand.Create(new Connection(connect)),
            CertificateCommand.Create(new Connection(connect)),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var fault in parsed.Errors) await error.WriteLineAsync(fault.Message);
            return ExitCodes.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, cancellationToken);
        }
        catch (ProblemException refusal)
        {
            await error.WriteLineAsync(refusal.Message);
            return refusal.Code == "differences_open" ? ExitCodes.DifferencesOpen : ExitCodes.Fault;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or HttpRequestException or ServerUnreachableException or OperationCanceledException)
        {
            await error.WriteLineAsync(fault.Message);
            return ExitCodes.Fault;
        }
    }
}
