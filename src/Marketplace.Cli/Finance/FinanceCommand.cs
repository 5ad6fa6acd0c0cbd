using System.CommandLine;

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

    public static Option<bool> AsJson() => new("--json") { Description = "Print one JSON document instead of tables." };
}
