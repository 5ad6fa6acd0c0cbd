using System.CommandLine;
using Marketplace.BenchmarkWorker.Enrol;
using Marketplace.BenchmarkWorker.Verify;
using Marketplace.Client;

namespace Marketplace.BenchmarkWorker.Serve;

/// <summary><c>serve</c>: proves whatever comes, listings and readiness, until it is stopped.</summary>
internal static class ServeCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var (api, keyFile, cores) = (CommandOptions.Api(), CommandOptions.KeyFile(), CommandOptions.Cores());
        var command = new Command("serve", "Proves whatever is asked of this machine, until it is stopped.") { api, keyFile, cores };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var key = MachineKeyFile.Read(parsed.GetRequiredValue(keyFile));
            using var http = new HttpClient { BaseAddress = parsed.GetRequiredValue(api) };
            var server = Server.Of(http, key, TimeProvider.System);
            Console.WriteLine($"{key.Machine} serves {http.BaseAddress}.");
            while (!cancellationToken.IsCancellationRequested) await TurnAsync(server, parsed.GetValue(cores), cancellationToken);
            return ExitCodes.Passed;
        });
        return command;
    }

    private static async Task TurnAsync(Server server, int cores, CancellationToken cancellationToken)
    {
        try
        {
            var open = await server.Patient.ListMachineVerificationsAsync(cancellationToken);
            foreach (var item in open.Items)
            {
                using var prover = new Prover(server, cores, TimeProvider.System, new ConsoleProgress(item.VerificationId));
                Console.WriteLine(VerdictText.Of(await prover.ProveAsync(item.VerificationId, cancellationToken)));
            }

            if (open.Items.Count == 0) await Task.Delay(Pause, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped.
        }
        catch (Exception fault) when (fault is ServerUnreachableException or ProblemException)
        {
            // The server is away or refuses for now; a machine that serves goes on asking.
            Console.Error.WriteLine(fault.Message);
            await Task.Delay(Pause, CancellationToken.None);
        }
    }
}
