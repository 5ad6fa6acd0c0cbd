using System.CommandLine;
using System.Security.Cryptography;
using System.Text;

namespace Marketplace.Cli.Finance;

/// <summary><c>finance</c>: reconcile, resolve, close, export.</summary>
internal static class FinanceCommand
{
    public static Command Create(Connection connection) => new("finance", "Reconciles, closes and exports months.")
    {
        ReconcileCommand.Create(connection),
        ResolveCommand.Create(connection),
        CloseCommand.Create(connection),
        ExportCommand.Create(connection),
    };

    public static Option<string> Period() => new("--period")
    {
        Description = "The month, such as 2026-10.",
        Required = true,
        Validators =
        {
            result =>
            {
                if (!BillingPeriod.TryParse(result.GetValueOrDefault<string>(), out _)) result.AddError("--period is a month such as 2026-10.");
            },
        },
    };

    /// <summary>A name for a request that is the same whenever the same is asked.</summary>
    public static string NameOf(string command, params IReadOnlyList<string> said) =>
        $"cli-{command}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', said))))}";

    public static Option<bool> AsJson() => new("--json") { Description = "Print one JSON document instead of tables." };
}
