using System.Globalization;
using Marketplace.Client.Models;

namespace Marketplace.Local.Demo;

internal sealed partial class Story
{
    private async Task<(int Invoices, int Payouts)> SettleAsync(IReadOnlyList<MeteredLease> leases, CancellationToken cancellationToken)
    {
        var billed = leases.Count(l => l.GpuSeconds > 0);
        await world.Platform.StartBillingRunAsync("bill", cancellationToken);
        var invoices = await UntilAsync(
            () => world.Platform.ListInvoicesAsync(200, null, cancellationToken),
            page => page.Items.Sum(i => i.LineCount) == billed && page.Items.All(i => i.Status == "paid"),
            "all invoices are paid",
            cancellationToken);
        narrator.Table(
            "Invoices, issued and paid through Stripe (its webhooks are signed and verified)",
            ["invoice", "buyer", "lines", "total", "status"],
            [.. invoices.Items.Select(i => (IReadOnlyList<string>)[i.InvoiceId, NameOf(i.Buyer), $"{i.LineCount}", Describe(i.Total), i.Status])]);

        await world.Platform.StartPayoutRunAsync("pay-out", cancellationToken);
        var payouts = await UntilAsync(
            () => world.Platform.ListPayoutsAsync(200, null, cancellationToken),
            page => page.Items.Sum(p => p.ChargeCount) == billed && page.Items.All(p => p.Status == "paid"),
            "all providers are paid",
            cancellationToken);
        narrator.Table(
            "Payouts by transfer, after the platform's fee",
            ["payout", "provider", "charges", "amount", "status"],
            [.. payouts.Items.Select(p => (IReadOnlyList<string>)[p.PayoutId, NameOf(p.Provider), $"{p.ChargeCount}", Describe(p.Amount), p.Status])]);
        return (invoices.Items.Count, payouts.Items.Count);
    }

    private async Task<(long LedgerSum, int Before, int After)> ReconcileAsync(CancellationToken cancellationToken)
    {
        var journal = await world.Platform.CheckJournalAsync("CNY", cancellationToken);
        if (!journal.IsSound) throw new InvalidOperationException($"The journal does not check out: {string.Join("; ", journal.Findings)}");
        var trial = await world.Platform.GetTrialBalanceAsync("CNY", cancellationToken);
        narrator.Table(
            $"Trial balance of {journal.Entries} entries, hash chain checked",
            ["account", "balance"],
            [.. trial.Accounts.Select(a => (IReadOnlyList<string>)[a.OrganisationId is { } id ? $"{a.Kind} {NameOf(id)}" : a.Kind, Describe(a.Balance)]),
                ["sum", Describe(trial.Sum)]]);

        var period = BillingPeriod.Containing(await world.NowAsync(cancellationToken)).ToString();
        var clean = await world.Platform.RunReconciliationAsync(period, "reconcile-clean", cancellationToken);
        narrator.Say($"Reconciliation of {period}: {clean.DifferenceCount} differences.");

        var planted = await PlantAsync(cancellationToken);
        var found = await world.Platform.RunReconciliationAsync(period, "reconcile-planted", cancellationToken);
        found = await world.Platform.GetReconciliationAsync(found.ReconciliationId, cancellationToken);
        narrator.Say($"Line {planted} is altered at Stripe behind everybody's back. Reconciled again: {found.DifferenceCount} difference.");
        foreach (var difference in found.Differences ?? [])
        {
            narrator.Say($"{difference.Kind} of {difference.Subject}: {Side(difference.Expected)}, {Side(difference.Found)}. {difference.SuggestedAction}");
        }

        var sum = decimal.Parse(trial.Sum.Amount!, CultureInfo.InvariantCulture) * 100;
        return ((long)sum, clean.DifferenceCount, found.DifferenceCount);
    }

    /// <summary>Alters one line of one invoice at the payment service by a single minor unit.</summary>
    private async Task<string> PlantAsync(CancellationToken cancellationToken)
    {
        var invoice = (await world.Platform.ListInvoicesAsync(1, null, cancellationToken)).Items[0];
        var lines = await world.ListExternalLinesAsync(invoice.ExternalId!, cancellationToken);
        await world.AlterInvoiceLineAsync(lines[0].Id, lines[0].AmountMinor + 1, cancellationToken);
        return lines[0].Id;
    }

    private string NameOf(string organisationId) =>
        organisationId == visionId ? Cast.Vision.Name
        : organisationId == moleculesId ? Cast.Molecules.Name
        : providers.Find(p => p.Id == organisationId)?.Role.Name ?? organisationId;

    private static string Side(DifferenceSideModel? side) => side is null ? "nothing" : $"{side.Stage} {side.Id} has {Describe(side.Amount)}";
}
